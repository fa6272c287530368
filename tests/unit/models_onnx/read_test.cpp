#include "tests/support/onnx_files.h"

namespace systolith {
namespace {

TEST(ReadOnnx, GivesTheGraphWithShapes) {
  const TestFolder folder;
  const Graph graph = read_onnx(save(small_model(), folder / "m.onnx"));
  EXPECT_EQ(graph.name, "small");
  EXPECT_EQ(graph.opset, 13);
  ASSERT_EQ(graph.inputs.size(), 1U);
  EXPECT_EQ(graph.inputs[0].shape, (Shape{2, 3}));
  EXPECT_EQ(graph.outputs, std::vector<std::string>{"y"});
  EXPECT_EQ(graph.constants.at("w").floats, (std::vector<float>{1, 2, 3}));
  EXPECT_EQ(graph.values.at("sum").shape, (Shape{2, 3}));
}

TEST(ReadOnnx, InitializersThatAreAlsoInputsAreConstants) {
  const TestFolder folder;
  onnx::ModelProto model = small_model();
  model.set_ir_version(3);
  model.mutable_opset_import(0)->set_version(9);
  *model.mutable_graph()->add_input() = float_value("w", {3});
  const Graph graph = read_onnx(save(model, folder / "m.onnx"));
  EXPECT_EQ(graph.inputs.size(), 1U);
  EXPECT_EQ(graph.constants.count("w"), 1U);
}

TEST(ReadOnnx, NodesAreSorted) {
  const TestFolder folder;
  onnx::ModelProto model = small_model();
  model.mutable_graph()->mutable_node()->SwapElements(0, 1);
  const Graph graph = read_onnx(save(model, folder / "m.onnx"));
  EXPECT_EQ(graph.nodes.at(0).name, "add");
}

TEST(ReadOnnx, NodesWithoutNamesAreNamedAfterOpAndPosition) {
  const TestFolder folder;
  onnx::ModelProto model = small_model();
  model.mutable_graph()->mutable_node(1)->clear_name();
  EXPECT_EQ(read_onnx(save(model, folder / "m.onnx")).nodes.at(1).name, "Relu_1");
}

TEST(ReadOnnx, NamesThatOccurTwiceBecomeUnique) {
  const TestFolder folder;
  onnx::ModelProto model = small_model();
  model.mutable_graph()->mutable_node(0)->clear_name();  // would be Add_0
  model.mutable_graph()->mutable_node(1)->set_name("Add_0");
  model.mutable_graph()->mutable_output(0)->set_name("z");
  add_node(model, "Add_0", "Relu", {"y"}, "z");
  const Graph graph = read_onnx(save(model, folder / "m.onnx"));
  EXPECT_EQ(graph.nodes.at(0).name, "Add_0_2");
  EXPECT_EQ(graph.nodes.at(1).name, "Add_0");
  EXPECT_EQ(graph.nodes.at(2).name, "Add_0_3");
}

TEST(ReadOnnx, ASymbolicFirstDimensionTakesTheBatch) {
  const TestFolder folder;
  onnx::ModelProto model = small_model();
  shape_of(*model.mutable_graph()->mutable_input(0)).mutable_dim(0)->set_dim_param("N");
  shape_of(*model.mutable_graph()->mutable_output(0)).mutable_dim(0)->set_dim_param("N");
  const std::string path = save(model, folder / "m.onnx");
  EXPECT_EQ(read_onnx(path).values.at("y").shape, (Shape{1, 3}));
  EXPECT_EQ(read_onnx(path, 4).values.at("y").shape, (Shape{4, 3}));
}

TEST(ReadOnnx, AFixedFirstDimensionAcceptsItsOwnBatch) {
  const TestFolder folder;
  EXPECT_EQ(read_onnx(save(small_model(), folder / "m.onnx"), 2).inputs.at(0).shape, (Shape{2, 3}));
}

TEST(ReadOnnx, TheOldestFilesNeedNoAttributeTypes) {
  const TestFolder folder;
  onnx::ModelProto model = small_model();
  onnx::NodeProto& node = *model.mutable_graph()->mutable_node(1);
  node.set_op_type("Softmax");
  onnx::AttributeProto& attribute = *node.add_attribute();
  attribute.set_name("axis");
  attribute.set_i(1);
  const Graph graph = read_onnx(save(model, folder / "m.onnx"));
  EXPECT_EQ(systolith::attribute(graph.nodes.at(1), "axis", std::int64_t{-1}), 1);
}

TEST(ReadOnnx, EveryOpsetFrom9To21IsRead) {
  const TestFolder folder;
  onnx::ModelProto model = small_model();
  for (int opset = kOldestOpset; opset <= kNewestOpset; ++opset) {
    model.mutable_opset_import(0)->set_version(opset);
    EXPECT_EQ(read_onnx(save(model, folder / "m.onnx")).opset, opset);
  }
}

}  // namespace
}  // namespace systolith
