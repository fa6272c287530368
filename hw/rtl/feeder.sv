// Takes stream commands and counts their rows into the array. A command starts at the edge at which
// it and its first row are there and the array may take it; from then on a row enters at every edge
// at which there is one.
module feeder #(
    parameter int LENGTH_BITS = 16
) (
    input logic clk,
    input logic rst,
    input logic command_valid,
    output logic command_ready,
    input logic may_start,
    input logic [LENGTH_BITS-1:0] length,  // rows of the command, >= 1
    input logic row_valid,
    // at the coming edge
    output logic start,  // a command starts, with its first row
    output logic row_take,  // a row enters
    output logic last  // the last of its command
);
  logic [LENGTH_BITS-1:0] left;  // rows of the command still to come

  assign command_ready = left == '0 && row_valid && may_start;
  assign start = command_valid && command_ready;
  assign row_take = start || (left != '0 && row_valid);
  assign last = row_take && (start ? length : left) == LENGTH_BITS'(1);

  always_ff @(posedge clk)
    if (rst) left <= '0;
    else if (row_take) left <= (start ? length : left) - LENGTH_BITS'(1);
endmodule
