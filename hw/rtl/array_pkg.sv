// What the array's blocks agree on: operand formats and how a PE's multiplier packs them.
package array_pkg;
  // Activation x weight. Elements of int8 lie in a lane's bytes, of int4 in its nibbles, the lowest
  // contraction index lowest.
  typedef enum logic [1:0] {
    INT8_INT8 = 2'd0,
    INT8_INT4 = 2'd1,
    INT4_INT4 = 2'd2,
    INT4_INT8 = 2'd3
  } operands_t;

  // Products of a PE and cycle:   int8 x int8   int8 x int4   int4 x int4   int4 x int8
  localparam int NONE = 0;   //         1
  localparam int SIMD = 1;   //         1             2             2
  localparam int FUSED = 2;  //         1             2             4             2
  // Where a packing has no products of a pair, int4 elements come as int8 ones.

  localparam int SUM_BITS = 32;
  localparam int PRODUCT_BITS = 16;

  // A lane holds the operands of all products of a cycle.
  function automatic int activation_bits(int packing);
    return packing == NONE ? 8 : 16;
  endfunction
  function automatic int weight_bits(int packing);
    return packing == FUSED ? 16 : 8;
  endfunction
endpackage
