// A convolution's products as commands of the array, for every dataflow.
#pragma once

#include "compiler/codegen/context.h"
#include "compiler/codegen/pixel_tiles.h"
#include "compiler/codegen/weight_packing.h"

namespace systolith {

// Where the operands and sums of a tile are.
struct ProductSite {
  View input;                            // what the tile sees of the input
  std::array<std::int64_t, 3> origin{};  // its first image, row and column
  Touch input_touch;
  std::uint64_t weights = 0;  // first byte of the block
  std::int64_t sums = 0;      // first accumulator row
};

// Some of a tile's sums: those of a range of its output channels for some of its pixels.
struct SumPart {
  PixelTile pixels;
  ColumnTile columns;
  Operand operand;
  AddressRange rows;
};

class ConvProducts {
 public:
  ConvProducts(const CodegenContext& context, const ConvKernel& conv, const ConvProblem& p,
               const ConvTiling& t)
      : context_(context), conv_(conv), p_(p), t_(t) {}

  // The products of one block of the contraction, into `item`.
  void multiply(const ProductSite& site, const PixelTile& pixels, const WeightBlock& block,
                bool accumulate, Item& item) const;
  // Where they are summed, from accumulator row `first` on.
  std::vector<SumPart> sums(std::int64_t first, const PixelTile& pixels,
                            const WeightBlock& block) const;

 private:
  struct Product {
    const ProductSite& site;
    const PixelTile& pixels;  // of this product
    const WeightBlock& block;
    const ArrayTile& tile;
    std::int64_t sums;  // first accumulator row
    bool accumulate;
  };
  void held_weights(const Product& product, Item& item) const;
  void held_activations(const Product& product, Item& item) const;
  Preload weight_tile(const Product& product) const;
  Matmul matmul(const Product& product) const;
  Feed activations(const Product& product) const;
  Feed streamed_weights(const Product& product) const;
  Touch weight_touch(const Product& product) const;
  void add(Item& item, Operation operation, std::vector<Touch> touches) const;
  std::vector<SumPart> transposed_sums(std::int64_t first, const PixelTile& pixels,
                                       const WeightBlock& block) const;

  const CodegenContext& context_;
  const ConvKernel& conv_;
  const ConvProblem& p_;
  const ConvTiling& t_;
};

}  // namespace systolith
