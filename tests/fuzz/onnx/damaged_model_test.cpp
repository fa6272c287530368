// A damaged model is read or refused, never anything else: cut at every byte, with every bit
// flipped.
#include "tests/support/onnx_files.h"

namespace systolith {
namespace {

void add_ints(onnx::NodeProto& node, const std::string& name,
              const std::vector<std::int64_t>& values) {
  onnx::AttributeProto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(onnx::AttributeProto::INTS);
  for (const std::int64_t value : values) attribute.add_ints(value);
}

// Small, but with something of everything: convolution, pool, shape arithmetic, typed data.
onnx::ModelProto varied_model() {
  onnx::ModelProto model;
  model.set_ir_version(7);
  model.add_opset_import()->set_version(13);
  onnx::GraphProto& graph = *model.mutable_graph();
  graph.set_name("varied");
  *graph.add_input() = float_value("x", {1, 2, 4, 4});
  *graph.add_output() = float_value("y", {1, 8});
  onnx::NodeProto& conv = add_node(model, "conv", "Conv", {"x", "w"}, "c");
  add_ints(conv, "pads", {1, 1, 1, 1});
  onnx::NodeProto& pool = add_node(model, "pool", "MaxPool", {"c"}, "p");
  add_ints(pool, "kernel_shape", {2, 2});
  add_ints(pool, "strides", {2, 2});
  add_node(model, "reshape", "Reshape", {"p", "s"}, "r");
  add_node(model, "relu", "Relu", {"r"}, "y");
  *graph.add_initializer() =
      export_tensor("w", {DataType::float32, {2, 2, 1, 1}, {1, 2, 3, 4}, {}});
  graph.mutable_initializer(0)->clear_raw_data();
  for (const float value : {1.0F, 2.0F, 3.0F, 4.0F})
    graph.mutable_initializer(0)->add_float_data(value);
  *graph.add_initializer() = export_tensor("s", {DataType::int64, {2}, {}, {1, -1}});
  add_ints(*graph.mutable_node(0), "kernel_shape", {1, 1});
  shape_of(*graph.mutable_output(0)).mutable_dim(1)->set_dim_value(18);
  return model;
}

bool is_read(const std::string& bytes, const std::string& path) {
  try {
    read_onnx(save(bytes, path));
    return true;
  } catch (const UserError& error) {
    const std::string message = error.what();
    EXPECT_EQ(message.rfind(path + ": ", 0), 0U) << message;
    return false;
  }
}

TEST(DamagedModel, TheUndamagedOneIsRead) {
  const TestFolder folder;
  EXPECT_TRUE(is_read(varied_model().SerializeAsString(), folder / "m.onnx"));
}

TEST(DamagedModel, CutAtAnyByteIsRefused) {
  const TestFolder folder;
  const std::string bytes = varied_model().SerializeAsString();
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(is_read(bytes.substr(0, size), folder / "m.onnx")) << "cut at " << size;
}

TEST(DamagedModel, WithAnyBitFlippedIsReadOrRefused) {
  const TestFolder folder;
  const std::string bytes = varied_model().SerializeAsString();
  int refused = 0;
  for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    SCOPED_TRACE(fmt::format("bit {} of byte {}", bit % 8, bit / 8));
    std::string damaged = bytes;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
    refused += is_read(damaged, folder / "m.onnx") ? 0 : 1;
  }
  EXPECT_GT(refused, static_cast<int>(bytes.size()));  // most bits mean something
}

}  // namespace
}  // namespace systolith
