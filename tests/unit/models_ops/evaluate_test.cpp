#include "models/ops/evaluate.h"

#include "run_op.h"

namespace systolith {
namespace {

using ::testing::ElementsAre;
using ::testing::ThrowsMessage;

// y = relu(x + w) + x, with z = relu(x + w) between.
Graph residual() {
  Graph graph;
  graph.inputs = {{"x", DataType::float32, {2}}};
  graph.constants["w"] = floats({2}, {-2, 1});
  graph.outputs = {"y"};
  graph.nodes = {{"add", "Add", {"x", "w"}, {"s"}, {}},
                 {"relu", "Relu", {"s"}, {"z"}, {}},
                 {"out", "Add", {"z", "x"}, {"y"}, {}}};
  infer_shapes(graph);
  return graph;
}
const TensorMap kInputs = {{"x", floats({2}, {1, 10})}};

std::vector<std::string> names(const TensorMap& tensors) {
  std::vector<std::string> result;
  for (const auto& [name, tensor] : tensors) result.push_back(name);
  return result;
}

TEST(Evaluate, RunsTheGraph) {
  const TensorMap results = evaluate(residual(), kInputs);
  EXPECT_THAT(names(results), ElementsAre("y"));
  EXPECT_THAT(results.at("y").floats, ElementsAre(1, 21));
}

TEST(Evaluate, KeepsWhatIsAskedFor) {
  EXPECT_THAT(names(evaluate(residual(), kInputs, {"z"})), ElementsAre("y", "z"));
  EXPECT_THAT(names(evaluate(residual(), kInputs, {"*"})), ElementsAre("s", "y", "z"));
  EXPECT_THAT(names(evaluate(residual(), kInputs, {"x", "w"})), ElementsAre("w", "x", "y"));
  EXPECT_THAT(evaluate(residual(), kInputs, {"z"}).at("z").floats, ElementsAre(0, 11));
  EXPECT_THAT([] { evaluate(residual(), kInputs, {"nothing"}); },
              ThrowsMessage<UserError>("the graph has no value 'nothing' to keep"));
}

TEST(Evaluate, ShowsEveryValueInOrder) {
  std::vector<std::string> seen;
  evaluate_observed(residual(), kInputs,
                    [&](const std::string& name, const Tensor&) { seen.push_back(name); });
  EXPECT_THAT(seen, ElementsAre("s", "z", "y"));
}

TEST(Evaluate, OutputsMayBeReadOnAndBeInputsOrConstants) {
  Graph graph = residual();
  graph.outputs = {"s", "y", "x", "w"};
  const TensorMap results = evaluate(graph, kInputs);
  EXPECT_THAT(names(results), ElementsAre("s", "w", "x", "y"));
  EXPECT_THAT(results.at("s").floats, ElementsAre(-1, 11));
}

TEST(Evaluate, RefusesInputsThatAreNotTheGraphs) {
  EXPECT_THAT([] { evaluate(residual(), {}); },
              ThrowsMessage<UserError>("no value given for graph input 'x'"));
  EXPECT_THAT(
      [] {
        evaluate(residual(), {{"x", counting({3})}});
      },
      ThrowsMessage<UserError>("graph input 'x' is float32 [2], but was given float32 [3]"));
  TensorMap extra = kInputs;
  extra["other"] = counting({1});
  EXPECT_THAT([&] { evaluate(residual(), extra); },
              ThrowsMessage<UserError>("the graph has no input 'other'"));
}

}  // namespace
}  // namespace systolith
