// Whether commands are under way between their start and their end.
module occupancy #(
    parameter int BITS = 8
) (
    input logic clk,
    input logic rst,
    input logic start,
    input logic done,  // one ends at the coming edge
    output logic empty  // none is, from the coming edge on
);
  logic [BITS-1:0] count;
  always_ff @(posedge clk)
    if (rst) count <= '0;
    else count <= count + BITS'(start) - BITS'(done);
  assign empty = count == BITS'(done);
endmodule
