// The stationary operand of a PE, loaded through the chain of the PEs' own registers: all rows of a
// column shift at once, the last row's word first. Costs no register beside the operand's, but no
// load may begin before the wavefront that swaps a tile out has passed the column's last row.
module chained_operand #(
    parameter int WIDTH = 8,
    parameter int BUFFERS = 2
) (
    input logic clk,
    input logic swap,  // with BUFFERS == 2: the loaded word takes over, in this cycle already
    input logic load,
    input logic [WIDTH-1:0] word_in,
    output logic [WIDTH-1:0] word_out,
    output logic [WIDTH-1:0] operand
);
  logic [WIDTH-1:0] active;
  if (BUFFERS == 1) begin : single
    logic unused;
    assign unused = swap;
    always_ff @(posedge clk) if (load) active <= word_in;
    assign word_out = active;
    assign operand  = active;
  end else begin : double
    logic [WIDTH-1:0] shadow;
    always_ff @(posedge clk) begin
      if (load) shadow <= word_in;
      if (swap) active <= shadow;
    end
    assign word_out = shadow;
    assign operand  = swap ? shadow : active;
  end
endmodule
