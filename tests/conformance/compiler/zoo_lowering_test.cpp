// Every network of the zoo, lowered and interpreted, against its fp32 reference.
#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

#include "compiler/kernels/interpret.h"
#include "compiler/passes/lower.h"
#include "compiler/passes/passes.h"
#include "compiler/quantize/samples.h"
#include "models/ops/macs.h"
#include "models/zoo/zoo.h"

namespace systolith {
namespace {

constexpr std::uint64_t kSeed = 1;

// Small enough for a test, large enough for every network's poolings.
Graph small_network(const std::string& name) {
  ZooSpec spec{name, {}};
  for (const ZooParameter& parameter : registration<ZooModel>(name).create()->parameters())
    if (parameter.name == "size" && parameter.fallback > 96) spec.parameters["size"] = "96";
  return build_zoo(spec);
}

KernelGraph lowered(Graph graph, Format format, bool fuse_pools) {
  LowerOptions options;
  options.format = format;
  options.calibration_seed = kSeed;
  options.can_fuse_pool = [=](const KernelGraph&, const ConvKernel&, const PoolSpec&) {
    return fuse_pools;
  };
  return lower(fold_batch_norm(canonicalize(fold_constants(std::move(graph)))), options);
}

Tensor interpreted(const KernelGraph& kernels, const TensorMap& inputs, const std::string& output) {
  CodeMap codes;
  for (const KernelTensor& t : kernels.tensors)
    if (t.is_input) codes[t.name] = to_codes(t, inputs.at(t.name));
  const CodeMap results = interpret(kernels, codes);
  for (const KernelTensor& t : kernels.tensors)
    if (t.is_output && t.name == output) return from_codes(t, results.at(output));
  SYSTOLITH_CHECK(false, "no output '{}'", output);
}

double cosine(const Tensor& a, const Tensor& b) {
  double ab = 0, aa = 0, bb = 0;
  for (std::size_t i = 0; i < a.floats.size(); ++i) {
    ab += double{a.floats[i]} * double{b.floats[i]};
    aa += double{a.floats[i]} * double{a.floats[i]};
    bb += double{b.floats[i]} * double{b.floats[i]};
  }
  return ab / std::sqrt(aa * bb);
}

std::ptrdiff_t top1(const Tensor& t) {
  return std::max_element(t.floats.begin(), t.floats.end()) - t.floats.begin();
}

class ZooLowering : public testing::TestWithParam<std::string> {};

TEST_P(ZooLowering, KeepsTheFirstClassInInt8Int4AndBf16) {
  const Graph graph = small_network(GetParam());
  const TensorMap inputs = seeded_inputs(graph, kSeed);
  const std::string& output = graph.outputs.at(0);
  const Tensor expected = evaluate(graph, inputs).at(output);
  for (const bool fuse_pools : {false, true}) {
    const Tensor int8 = interpreted(lowered(graph, Format::int8, fuse_pools), inputs, output);
    EXPECT_GT(cosine(int8, expected), 0.99);
    EXPECT_EQ(top1(int8), top1(expected));
    const Tensor bf16 = interpreted(lowered(graph, Format::bf16, fuse_pools), inputs, output);
    EXPECT_GT(cosine(bf16, expected), 0.999);
    EXPECT_EQ(top1(bf16), top1(expected));
    const Tensor int4 = interpreted(lowered(graph, Format::int4, fuse_pools), inputs, output);
    EXPECT_GT(cosine(int4, expected), 0.94);
    if (expected.floats.size() <= 1000) {  // classes
      EXPECT_EQ(top1(int4), top1(expected));
    }
  }
}

TEST_P(ZooLowering, StatesTheModelsMacs) {
  const Graph graph = small_network(GetParam());
  std::int64_t expected = 0, stated = 0;
  for (const Node& node : graph.nodes) expected += node_macs(graph, node);
  for (const Kernel& kernel : lowered(graph, Format::bf16, true).kernels) stated += kernel.macs;
  EXPECT_EQ(stated, expected);
}

INSTANTIATE_TEST_SUITE_P(Models, ZooLowering, testing::ValuesIn(registered_names<ZooModel>()),
                         [](const auto& model) { return model.param; });

}  // namespace
}  // namespace systolith
