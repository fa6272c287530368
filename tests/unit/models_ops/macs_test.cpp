#include "models/ops/macs.h"

#include "run_op.h"

namespace systolith {
namespace {

std::int64_t macs(const OpCase& c) {
  Graph graph = graph_of(c);
  infer_shapes(graph);
  return node_macs(graph, graph.nodes[0]);
}

TEST(Macs, OfAConvolutionAreOutputsTimesTheWindowOfAGroup) {
  // ResNet-50's first layer: 64 x 112 x 112 outputs of 7 x 7 x 3 products.
  EXPECT_EQ(macs({"Conv",
                  {counting({1, 3, 224, 224}), counting({64, 3, 7, 7})},
                  {{"strides", Ints{2, 2}}, {"pads", Ints{3, 3, 3, 3}}}}),
            118'013'952);
  // Depthwise 3 x 3 over 8 channels of 4 x 4, a batch of 2.
  EXPECT_EQ(
      macs(
          {"Conv", {counting({2, 8, 6, 6}), counting({8, 1, 3, 3})}, {{"group", std::int64_t{8}}}}),
      2 * 8 * 4 * 4 * 9);
}

TEST(Macs, OfProductsAreMTimesNTimesK) {
  EXPECT_EQ(macs({"Gemm", {counting({2, 3}), counting({5, 3})}, {{"transB", std::int64_t{1}}}}),
            2 * 5 * 3);
  EXPECT_EQ(macs({"MatMul", {counting({4, 2, 3}), counting({3, 5})}}), 4 * 2 * 5 * 3);
  EXPECT_EQ(macs({"MatMul", {counting({3}), counting({3})}}), 3);
}

TEST(Macs, OfOtherOpsAreNone) { EXPECT_EQ(macs({"Relu", {counting({8})}}), 0); }

}  // namespace
}  // namespace systolith
