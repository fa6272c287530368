// The multiplier of a PE: the sum of the products of one cycle, combinational. Its slices are those
// of BitFusion (Sharma et al., ISCA 2018), in bricks as small as these formats need:
//   NONE   one 8 x 8
//   SIMD   two 8 x 4, which together do one 8 x 8 or each one of 8 x 4 or 4 x 4
//   FUSED  four 4 x 4, which do one 8 x 8, two 8 x 4 or 4 x 8, or four 4 x 4
module product
  import array_pkg::*;
#(
    parameter int PACKING = SIMD,
    localparam int ACTIVATION_BITS = activation_bits(PACKING),
    localparam int WEIGHT_BITS = weight_bits(PACKING)
) (
    input operands_t operands,
    input logic [ACTIVATION_BITS-1:0] activation,
    input logic [WEIGHT_BITS-1:0] weight,
    output logic signed [PRODUCT_BITS-1:0] value
);
  if (PACKING == NONE) begin : plain
    logic unused;
    assign unused = ^operands;
    assign value = $signed(activation) * $signed(weight);
  end else if (PACKING == SIMD) begin : simd
    logic signed [7:0] activation_low, activation_high;
    logic signed [4:0] weight_low;  // of an int8 weight: unsigned
    logic signed [3:0] weight_high;
    logic signed [12:0] low;
    logic signed [11:0] high;
    always_comb begin
      unique case (operands)
        INT8_INT4: begin
          activation_low  = activation[7:0];
          activation_high = activation[15:8];
        end
        INT4_INT4: begin
          activation_low  = {{4{activation[3]}}, activation[3:0]};
          activation_high = {{4{activation[7]}}, activation[7:4]};
        end
        default: begin
          activation_low  = activation[7:0];
          activation_high = activation[7:0];
        end
      endcase
      weight_low  = {operands != INT8_INT8 && weight[3], weight[3:0]};
      weight_high = weight[7:4];
      low  = activation_low * weight_low;
      high = activation_high * weight_high;
      value = PRODUCT_BITS'(low) +
              (operands == INT8_INT8 ? PRODUCT_BITS'(high) <<< 4 : PRODUCT_BITS'(high));
    end
  end else begin : fused
    // Bit 0 of a mask is brick 0's: which nibbles carry a sign.
    logic [3:0] activation_signed, weight_signed;
    logic [3:0][1:0] activation_nibble, weight_nibble;
    logic [3:0][3:0] shift;
    always_comb begin
      unique case (operands)
        INT8_INT4: begin
          activation_nibble = {2'd3, 2'd2, 2'd1, 2'd0};
          weight_nibble     = {2'd1, 2'd1, 2'd0, 2'd0};
          activation_signed = 4'b1010;
          weight_signed     = 4'b1111;
          shift             = {4'd4, 4'd0, 4'd4, 4'd0};
        end
        INT4_INT4: begin
          activation_nibble = {2'd3, 2'd2, 2'd1, 2'd0};
          weight_nibble     = {2'd3, 2'd2, 2'd1, 2'd0};
          activation_signed = 4'b1111;
          weight_signed     = 4'b1111;
          shift             = '0;
        end
        INT4_INT8: begin
          activation_nibble = {2'd1, 2'd1, 2'd0, 2'd0};
          weight_nibble     = {2'd3, 2'd2, 2'd1, 2'd0};
          activation_signed = 4'b1111;
          weight_signed     = 4'b1010;
          shift             = {4'd4, 4'd0, 4'd4, 4'd0};
        end
        default: begin
          activation_nibble = {2'd1, 2'd0, 2'd1, 2'd0};
          weight_nibble     = {2'd1, 2'd1, 2'd0, 2'd0};
          activation_signed = 4'b1010;
          weight_signed     = 4'b1100;
          shift             = {4'd8, 4'd4, 4'd4, 4'd0};
        end
      endcase
      value = '0;
      for (int brick = 0; brick < 4; brick++)
        value += PRODUCT_BITS'(signed_nibble(activation, activation_nibble[brick],
                                             activation_signed[brick]) *
                               signed_nibble(weight, weight_nibble[brick], weight_signed[brick]))
                 <<< shift[brick];
    end

    function automatic logic signed [9:0] signed_nibble(
        logic [15:0] lane, logic [1:0] index, logic has_sign);
      logic [3:0] nibble;
      nibble = lane[4*index+:4];
      return {{6{has_sign && nibble[3]}}, nibble};
    endfunction
  end
endmodule
