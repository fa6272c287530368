// The accumulators of one column: a memory that adds. A sum and its address come down the array
// together, the address one cycle ahead: at that edge the old word is read, at the next the new one
// is written. A word on its way is forwarded, to a sum that follows at once and to the reader.
module accumulator_bank
  import array_pkg::*;
#(
    parameter int ADDRESS_BITS = 8
) (
    input logic clk,
    input logic rst,
    input logic valid,
    input logic accumulate,  // else the sum replaces the word
    input logic [ADDRESS_BITS-1:0] address,
    input logic signed [SUM_BITS-1:0] sum,  // of the address one cycle ago
    input logic [ADDRESS_BITS-1:0] read_address,
    output logic signed [SUM_BITS-1:0] read_data
);
  logic signed [SUM_BITS-1:0] words[2**ADDRESS_BITS];
  logic write, write_accumulate;
  logic [ADDRESS_BITS-1:0] write_address;
  logic signed [SUM_BITS-1:0] old, total;

  assign total = write_accumulate ? old + sum : sum;

  always_ff @(posedge clk)
    if (rst) write <= 1'b0;
    else write <= valid;
  always_ff @(posedge clk) begin
    write_accumulate <= accumulate;
    write_address <= address;
    old <= write && write_address == address ? total : words[address];
    if (write) words[write_address] <= total;
    read_data <= write && write_address == read_address ? total : words[read_address];
  end
endmodule
