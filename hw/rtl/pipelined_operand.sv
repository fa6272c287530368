// The stationary operand of a PE, loaded through a pipeline of its own beside the chain of PEs
// above and below. Words come in the order of the rows; a PE keeps the first that reaches it and
// marks the next, which it passes on, as the next PE's first:
//
//   row r takes its word 2r cycles after row 0 takes its own, while the wavefront that swaps the
//   tile before it out reaches row r only r cycles after row 0
//
// so that a load may begin in the very cycle in which the swap does, and takes ROWS cycles.
module pipelined_operand #(
    parameter int WIDTH = 8,
    parameter int BUFFERS = 2
) (
    input logic clk,
    input logic rst,
    input logic swap,  // with BUFFERS == 2: the loaded word takes over, in this cycle already
    input logic load_in,
    input logic first_in,
    input logic [WIDTH-1:0] word_in,
    output logic load_out,
    output logic first_out,
    output logic [WIDTH-1:0] word_out,
    output logic [WIDTH-1:0] operand
);
  logic kept;  // the last word was this PE's: the next is the next PE's first
  logic [WIDTH-1:0] active;

  always_ff @(posedge clk)
    if (rst) begin
      kept <= 1'b0;
      load_out <= 1'b0;
      first_out <= 1'b0;
    end else begin
      if (load_in) kept <= first_in;
      load_out  <= load_in && !first_in;
      first_out <= load_in && kept;
    end
  always_ff @(posedge clk) word_out <= word_in;

  if (BUFFERS == 1) begin : single
    logic unused;
    assign unused = swap;
    always_ff @(posedge clk) if (load_in && first_in) active <= word_in;
    assign operand = active;
  end else begin : double
    logic [WIDTH-1:0] shadow;
    always_ff @(posedge clk) begin
      if (load_in && first_in) shadow <= word_in;
      if (swap) active <= shadow;
    end
    assign operand = swap ? shadow : active;
  end
endmodule
