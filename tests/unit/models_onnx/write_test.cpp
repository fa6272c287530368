#include <gmock/gmock.h>

#include "tests/support/onnx_files.h"

namespace systolith {

// Member by member, for EXPECT_EQ.
bool operator==(const Tensor& a, const Tensor& b) {
  return a.type == b.type && a.shape == b.shape && a.floats == b.floats && a.integers == b.integers;
}
bool operator==(const Value& a, const Value& b) {
  return a.name == b.name && a.type == b.type && a.shape == b.shape;
}
bool operator==(const Node& a, const Node& b) {
  return a.name == b.name && a.op == b.op && a.inputs == b.inputs && a.outputs == b.outputs &&
         a.attributes == b.attributes;
}

namespace {

void expect_equal(const Graph& a, const Graph& b) {
  EXPECT_EQ(a.name, b.name);
  EXPECT_EQ(a.opset, b.opset);
  EXPECT_EQ(a.outputs, b.outputs);
  EXPECT_TRUE(a.inputs == b.inputs);
  EXPECT_TRUE(a.nodes == b.nodes);
  EXPECT_TRUE(a.constants == b.constants);
  EXPECT_TRUE(a.values == b.values);
}

class RoundTrip : public testing::TestWithParam<const char*> {};

TEST_P(RoundTrip, WritingAndReadingGivesTheSameGraph) {
  const TestFolder folder;
  const Graph graph = load_workload(GetParam());
  write_onnx(graph, folder / "m.onnx");
  expect_equal(read_onnx(folder / "m.onnx"), graph);
}

INSTANTIATE_TEST_SUITE_P(Zoo, RoundTrip,
                         testing::Values("resnet18", "mobilenet_v2", "squeezenet:size=64", "lenet",
                                         "mlp", "gemm:m=2", "conv:groups=2"));

TEST(WriteOnnx, EveryKindOfAttributeSurvives) {
  const TestFolder folder;
  Graph graph = read_onnx(save(small_model(), folder / "m.onnx"));
  graph.nodes.at(0).attributes = {
      {"a", std::int64_t{-1}},         {"b", 0.5F},
      {"c", std::string("text")},      {"d", std::vector<std::int64_t>{1, 2}},
      {"e", std::vector<float>{1, 2}}, {"f", Tensor{DataType::int64, {1}, {}, {7}}}};
  write_onnx(graph, folder / "n.onnx");
  EXPECT_TRUE(read_onnx(folder / "n.onnx").nodes == graph.nodes);
}

TEST(WriteOnnx, TheSameGraphGivesTheSameBytes) {
  const TestFolder folder;
  const auto bytes = [&](const std::string& name) {
    write_onnx(load_workload("lenet"), folder / name);
    std::ifstream file(folder / name, std::ios::binary);
    return std::string{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  };
  EXPECT_EQ(bytes("a.onnx"), bytes("b.onnx"));
}

TEST(WriteOnnx, AGraphWithStatesIsRefusedRatherThanWrittenWithoutThem) {
  const TestFolder folder;
  Graph graph = load_workload("lenet");
  graph.states = {{graph.constants.begin()->first, graph.outputs[0]}};
  EXPECT_THAT([&] { write_onnx(graph, folder / "m.onnx"); },
              testing::ThrowsMessage<UserError>("graph 'lenet' has 1 states (the first is '" +
                                                graph.states[0].state +
                                                "'): only graphs without can be written as ONNX"));
}

TEST(WriteOnnx, LeavesNothingButTheFile) {
  const TestFolder folder;
  write_onnx(load_workload("lenet"), folder / "lenet.onnx");
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder / ""))
    names.push_back(entry.path().filename().string());
  EXPECT_THAT(names, testing::ElementsAre("lenet.onnx"));
}

TEST(WriteOnnx, AFolderThatDoesNotExistIsAnError) {
  const TestFolder folder;
  const std::string path = folder / "missing/lenet.onnx";
  try {
    write_onnx(load_workload("lenet"), path);
    FAIL() << "no error";
  } catch (const UserError& error) {
    EXPECT_EQ(error.what(), path + ": cannot be written: No such file or directory");
  }
}

}  // namespace
}  // namespace systolith
