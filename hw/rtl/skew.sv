// Delays a lane by DEPTH cycles: what lets lane i of an edge enter i cycles after lane 0.
module skew #(
    parameter int WIDTH = 1,
    parameter int DEPTH = 0
) (
    input logic clk,
    input logic rst,
    input logic [WIDTH-1:0] in,
    output logic [WIDTH-1:0] out
);
  if (DEPTH == 0) begin : wire_through
    logic unused;
    assign unused = clk ^ rst;
    assign out = in;
  end else begin : delay
    logic [DEPTH-1:0][WIDTH-1:0] stage;
    always_ff @(posedge clk)
      if (rst) stage <= '0;
      else begin
        stage[0] <= in;
        for (int i = 1; i < DEPTH; i++) stage[i] <= stage[i-1];
      end
    assign out = stage[DEPTH-1];
  end
endmodule
