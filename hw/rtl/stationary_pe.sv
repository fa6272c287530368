// A PE that holds one operand: the streamed one and its tags move right, the sum moves down, each
// through a register. sum_out = sum_in + held x streamed, one cycle later.
module stationary_pe
  import array_pkg::*;
  import stationary_pkg::*;
#(
    parameter int PACKING = SIMD,
    parameter int BUFFERS = 2,
    parameter int LOAD = PIPELINED,
    parameter int HOLDS = WEIGHTS,
    localparam int ACTIVATION_BITS = activation_bits(PACKING),
    localparam int WEIGHT_BITS = weight_bits(PACKING),
    localparam int HELD_BITS = HOLDS == ACTIVATIONS ? ACTIVATION_BITS : WEIGHT_BITS,
    localparam int STREAM_BITS = HOLDS == ACTIVATIONS ? WEIGHT_BITS : ACTIVATION_BITS
) (
    input logic clk,
    input logic rst,
    // stationary operand, down
    input logic load_in,
    input logic first_in,
    input logic [HELD_BITS-1:0] word_in,
    output logic load_out,
    output logic first_out,
    output logic [HELD_BITS-1:0] word_out,
    // streamed operand, right
    input logic swap_in,
    input operands_t operands_in,
    input logic [STREAM_BITS-1:0] stream_in,
    output logic swap_out,
    output operands_t operands_out,
    output logic [STREAM_BITS-1:0] stream_out,
    // sums, down
    input logic signed [SUM_BITS-1:0] sum_in,
    output logic signed [SUM_BITS-1:0] sum_out
);
  /*verilator no_inline_module*/  // builds in a third of the time
  logic [HELD_BITS-1:0] held;
  logic signed [PRODUCT_BITS-1:0] value;

  if (LOAD == PIPELINED) begin : pipelined
    pipelined_operand #(.WIDTH(HELD_BITS), .BUFFERS(BUFFERS)) holder (
        .clk, .rst, .swap(swap_in), .load_in, .first_in, .word_in,
        .load_out, .first_out, .word_out, .operand(held));
  end else begin : chained
    chained_operand #(.WIDTH(HELD_BITS), .BUFFERS(BUFFERS)) holder (
        .clk, .swap(swap_in), .load(load_in), .word_in, .word_out, .operand(held));
    logic unused;
    assign unused = rst ^ first_in;
    assign load_out  = 1'b0;  // the column's enable goes to every row
    assign first_out = 1'b0;
  end

  if (HOLDS == ACTIVATIONS) begin : input_stationary
    product #(.PACKING(PACKING)) multiplier (
        .operands(operands_in), .activation(held), .weight(stream_in), .value);
  end else begin : weight_stationary
    product #(.PACKING(PACKING)) multiplier (
        .operands(operands_in), .activation(stream_in), .weight(held), .value);
  end

  always_ff @(posedge clk)
    if (rst) swap_out <= 1'b0;
    else swap_out <= swap_in;
  always_ff @(posedge clk) begin
    operands_out <= operands_in;
    stream_out <= stream_in;
    sum_out <= sum_in + SUM_BITS'(value);
  end
endmodule
