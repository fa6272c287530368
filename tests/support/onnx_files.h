// Small models for the tests, as files.
#pragma once

#include <gtest/gtest.h>
#include <onnx/onnx_pb.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "models/onnx/onnx.h"
#include "models/onnx/tensor_proto.h"

namespace systolith {

// A folder of the running test's own, removed with it.
class TestFolder {
 public:
  TestFolder() {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    std::string name = std::string(test->test_suite_name()) + "." + test->name();
    for (char& c : name)
      if (c == '/') c = '_';
    path_ = std::filesystem::path(testing::TempDir()) / ("systolith_" + name);
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  ~TestFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;

  std::string operator/(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

inline std::string save(const std::string& bytes, const std::string& path) {
  std::ofstream(path, std::ios::binary) << bytes;
  return path;
}
inline std::string save(const onnx::ModelProto& model, const std::string& path) {
  return save(model.SerializeAsString(), path);
}

inline onnx::ValueInfoProto float_value(const std::string& name, const Shape& shape) {
  onnx::ValueInfoProto value;
  value.set_name(name);
  auto& type = *value.mutable_type()->mutable_tensor_type();
  type.set_elem_type(onnx::TensorProto::FLOAT);
  for (const std::int64_t extent : shape) type.mutable_shape()->add_dim()->set_dim_value(extent);
  return value;
}

inline onnx::NodeProto& add_node(onnx::ModelProto& model, const std::string& name,
                                 const std::string& op, const std::vector<std::string>& inputs,
                                 const std::string& output) {
  onnx::NodeProto& node = *model.mutable_graph()->add_node();
  node.set_name(name);
  node.set_op_type(op);
  for (const std::string& input : inputs) node.add_input(input);
  node.add_output(output);
  return node;
}

// y[2, 3] = Relu(x[2, 3] + w[3]), opset 13.
inline onnx::ModelProto small_model() {
  onnx::ModelProto model;
  model.set_ir_version(7);
  model.add_opset_import()->set_version(13);
  onnx::GraphProto& graph = *model.mutable_graph();
  graph.set_name("small");
  *graph.add_input() = float_value("x", {2, 3});
  *graph.add_output() = float_value("y", {2, 3});
  add_node(model, "add", "Add", {"x", "w"}, "sum");
  add_node(model, "relu", "Relu", {"sum"}, "y");
  *graph.add_initializer() = export_tensor("w", {DataType::float32, {3}, {1, 2, 3}, {}});
  return model;
}

inline onnx::TensorShapeProto& shape_of(onnx::ValueInfoProto& value) {
  return *value.mutable_type()->mutable_tensor_type()->mutable_shape();
}

// What read_onnx() says of the file; without the path that it begins with.
inline std::string refusal(const std::string& path, std::int64_t batch = 0) {
  try {
    read_onnx(path, batch);
  } catch (const UserError& error) {
    const std::string message = error.what(), prefix = path + ": ";
    return message.rfind(prefix, 0) == 0 ? message.substr(prefix.size()) : "no path: " + message;
  }
  return "no error";
}

}  // namespace systolith
