#include "hw/tenancy/borders.h"

#include <algorithm>

namespace systolith {
namespace {

// Which accumulator rows are read again before they are replaced, walking a stream backwards.
class LiveSums {
 public:
  bool any() const { return live_ > 0; }

  void pass(const Command& command) {
    if (const auto* matmul = std::get_if<Matmul>(&command.operation)) {
      for (std::int64_t row = 0; row < matmul->feed.rows(); ++row)
        if (matmul->accumulate)
          read(matmul->accumulator_row + row, matmul->cols);
        else
          replace(matmul->accumulator_row + row, matmul->cols);
    } else if (const auto* vector = std::get_if<VectorOp>(&command.operation)) {
      for (const Operand* operand : {&vector->a, &vector->b, &vector->destination})
        if (operand->space == Space::accumulator) read(*vector, *operand);
    }
  }

 private:
  void read(const VectorOp& op, const Operand& operand) {
    if (operand.transposed) {
      std::int64_t last_column = 0;
      for (std::size_t d = 0; d < 3; ++d) last_column += (op.shape[d] - 1) * operand.strides[d];
      for (std::int64_t c = 0; c < op.shape[3]; ++c)
        read(static_cast<std::int64_t>(operand.address) + c,
             static_cast<std::int32_t>(last_column + 1));
      return;
    }
    for (std::int64_t i = 0; i < op.shape[0]; ++i)
      for (std::int64_t j = 0; j < op.shape[1]; ++j)
        for (std::int64_t k = 0; k < op.shape[2]; ++k)
          read(static_cast<std::int64_t>(operand.address) + i * operand.strides[0] +
                   j * operand.strides[1] + k * operand.strides[2],
               op.shape[3]);
  }

  void read(std::int64_t row, std::int32_t columns) {
    std::int32_t& live = columns_of(row);
    live_ += live == 0;
    live = std::max(live, columns);
  }
  // Of columns further right an earlier sum would still be needed.
  void replace(std::int64_t row, std::int32_t columns) {
    std::int32_t& live = columns_of(row);
    if (live == 0 || live > columns) return;
    live = 0;
    --live_;
  }
  std::int32_t& columns_of(std::int64_t row) {
    const auto index = static_cast<std::size_t>(std::max<std::int64_t>(row, 0));
    if (index >= columns_.size()) columns_.resize(index + 1);
    return columns_[index];
  }

  std::vector<std::int32_t> columns_;  // by row: the columns that are read again; 0: none
  std::int64_t live_ = 0;              // rows
};

}  // namespace

std::vector<bool> tile_borders(const std::vector<Command>& stream) {
  std::vector<bool> borders(stream.size(), false);
  LiveSums sums;
  bool brings_weights = true;       // the next product does
  std::int64_t preloads_ahead = 0;  // products with new weights less preloads, from here on
  for (std::size_t i = stream.size(); i-- > 0;) {
    sums.pass(stream[i]);
    if (const auto* matmul = std::get_if<Matmul>(&stream[i].operation)) {
      brings_weights = matmul->new_weights;
      preloads_ahead += matmul->new_weights;
    }
    preloads_ahead -= stream[i].opcode() == Opcode::preload;
    borders[i] = !sums.any() && brings_weights && preloads_ahead == 0;
  }
  return borders;
}

std::vector<bool> layer_borders(const std::vector<Command>& stream) {
  std::vector<bool> borders = tile_borders(stream);
  std::int64_t reached = -1;
  for (std::size_t i = 0; i < stream.size(); ++i) {
    const auto layer = static_cast<std::int64_t>(stream[i].layer);
    const bool begins = stream[i].opcode() != Opcode::load && layer > reached;
    borders[i] = borders[i] && begins;
    if (begins) reached = layer;
  }
  return borders;
}

}  // namespace systolith
