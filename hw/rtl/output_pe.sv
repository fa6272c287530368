// A PE that holds a sum: activations and their tags move right, weights move down, each through a
// register; their products stay. When the tile's last product has been added, the sum leaves
// through the drain, two registers a row: it moves down at half the speed of the wavefront, so that
// the rows below are gone before it and one word after the other arrives at the bottom, the last
// row's first.
module output_pe
  import array_pkg::*;
#(
    parameter int PACKING = SIMD,
    parameter int BUFFERS = 2,
    localparam int ACTIVATION_BITS = activation_bits(PACKING),
    localparam int WEIGHT_BITS = weight_bits(PACKING)
) (
    input logic clk,
    input logic rst,
    // activations and tags, right
    input logic valid_in,
    input logic first_in,  // of a tile: the sum starts at zero
    input logic last_in,  // of a tile: the sum leaves
    input operands_t operands_in,
    input logic [ACTIVATION_BITS-1:0] activation_in,
    output logic valid_out,
    output logic first_out,
    output logic last_out,
    output operands_t operands_out,
    output logic [ACTIVATION_BITS-1:0] activation_out,
    // weights, down
    input logic [WEIGHT_BITS-1:0] weight_in,
    output logic [WEIGHT_BITS-1:0] weight_out,
    // sums that leave, down
    input logic signed [SUM_BITS-1:0] drain_in,
    output logic signed [SUM_BITS-1:0] drain,  // what the accumulators below the last row see
    output logic signed [SUM_BITS-1:0] drain_out
);
  /*verilator no_inline_module*/  // builds in a third of the time
  logic signed [PRODUCT_BITS-1:0] value;
  logic signed [SUM_BITS-1:0] held, sum;

  product #(.PACKING(PACKING)) multiplier (
      .operands(operands_in), .activation(activation_in), .weight(weight_in), .value);
  assign sum = (first_in ? '0 : held) + SUM_BITS'(value);

  if (BUFFERS == 1) begin : single
    // The sum's own register is the drain's.
    logic draining;
    always_ff @(posedge clk)
      if (rst) draining <= 1'b0;
      else if (valid_in) draining <= last_in;
    always_ff @(posedge clk)
      if (valid_in) held <= sum;
      else if (draining) held <= drain_in;
    assign drain = held;
  end else begin : double
    always_ff @(posedge clk) begin
      if (valid_in) held <= sum;
      drain <= valid_in && last_in ? sum : drain_in;
    end
  end

  always_ff @(posedge clk)
    if (rst) valid_out <= 1'b0;
    else valid_out <= valid_in;
  always_ff @(posedge clk) begin
    first_out <= first_in;
    last_out <= last_in;
    operands_out <= operands_in;
    activation_out <= activation_in;
    weight_out <= weight_in;
    drain_out <= drain;
  end
endmodule
