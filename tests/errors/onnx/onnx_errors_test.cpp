// Every way a model file can be wrong has its message, which begins with the path.
#include <gmock/gmock.h>

#include <functional>

#include "tests/support/onnx_files.h"

namespace systolith {
namespace {

using onnx::AttributeProto;
using onnx::ModelProto;
using onnx::TensorProto;
using Change = std::function<void(ModelProto&)>;

std::string refusal_of(const Change& change) {
  const TestFolder folder;
  ModelProto model = small_model();
  change(model);
  return refusal(save(model, folder / "m.onnx"));
}

onnx::NodeProto& relu(ModelProto& model) { return *model.mutable_graph()->mutable_node(1); }
onnx::ValueInfoProto& input(ModelProto& model) { return *model.mutable_graph()->mutable_input(0); }
TensorProto& weights(ModelProto& model) { return *model.mutable_graph()->mutable_initializer(0); }

TEST(OnnxFileErrors, AMissingFile) {
  const TestFolder folder;
  EXPECT_EQ(refusal(folder / "m.onnx"), "no such file");
}

TEST(OnnxFileErrors, AFolder) {
  const TestFolder folder;
  std::filesystem::create_directories(folder / "m.onnx");
  EXPECT_EQ(refusal(folder / "m.onnx"), "not a file");
}

TEST(OnnxFileErrors, AnEmptyFile) {
  const TestFolder folder;
  EXPECT_EQ(refusal(save(std::string(), folder / "m.onnx")), "the file is empty");
}

TEST(OnnxFileErrors, Garbage) {
  const TestFolder folder;
  EXPECT_EQ(refusal(save(std::string("This is not a model.\n"), folder / "m.onnx")),
            "not an ONNX model, or a damaged one (21 bytes): at byte 0: wire type 4 is not ONNX's");
}

TEST(OnnxFileErrors, ATruncatedFileSaysWhereItBreaks) {
  const TestFolder folder;
  const std::string bytes = small_model().SerializeAsString();
  EXPECT_EQ(refusal(save(bytes.substr(0, 60), folder / "m.onnx")),
            "not an ONNX model, or a damaged one (60 bytes): at byte 2, field graph: the field "
            "needs 117 bytes, 56 are left");
}

TEST(OnnxFileErrors, ADamagedLengthDeepInsideSaysWhichField) {
  const TestFolder folder;
  std::string bytes = small_model().SerializeAsString();
  const std::size_t at = bytes.find("Relu");
  bytes[at - 1] = 100;  // the length of the node's op_type
  EXPECT_EQ(refusal(save(bytes, folder / "m.onnx")),
            fmt::format("not an ONNX model, or a damaged one ({} bytes): at byte {}, field "
                        "graph.node.op_type: the field needs 100 bytes, 4 are left",
                        bytes.size(), at - 2));
}

TEST(OnnxModelErrors, NoGraph) {
  EXPECT_EQ(refusal_of([](ModelProto& model) { model.clear_graph(); }), "the model holds no graph");
}

TEST(OnnxModelErrors, NoNodesOrOutputs) {
  EXPECT_EQ(refusal_of([](ModelProto& model) { model.mutable_graph()->clear_node(); }),
            "the model's graph has no nodes");
  EXPECT_EQ(refusal_of([](ModelProto& model) { model.mutable_graph()->clear_output(); }),
            "the model's graph has no outputs");
}

TEST(OnnxModelErrors, OpsetsOutOfRange) {
  EXPECT_EQ(refusal_of([](ModelProto& model) { model.mutable_opset_import(0)->set_version(22); }),
            "opset 22 is not supported (supported: 9 to 21)");
  EXPECT_EQ(refusal_of([](ModelProto& model) { model.mutable_opset_import(0)->set_version(8); }),
            "opset 8 is not supported (supported: 9 to 21)");
}

TEST(OnnxModelErrors, NoOpset) {
  EXPECT_EQ(refusal_of([](ModelProto& model) { model.clear_opset_import(); }),
            "the model names no opset of the domain ai.onnx (supported: 9 to 21)");
}

TEST(OnnxModelErrors, UnsupportedOpsAreAllInOneMessage) {
  const std::string message = refusal_of([](ModelProto& model) {
    relu(model).set_op_type("Einsum");
    onnx::NodeProto& node = *model.mutable_graph()->mutable_node(0);
    node.set_op_type("FusedGelu");
    node.set_domain("com.microsoft");
    onnx::AttributeProto& body = *node.add_attribute();  // not what the user needs to hear about
    body.set_name("body");
    body.set_type(AttributeProto::GRAPH);
  });
  EXPECT_THAT(message, testing::HasSubstr("node 'relu': op 'Einsum' (opset 13) is not supported"));
  EXPECT_THAT(message, testing::HasSubstr("node 'add': op 'com.microsoft::FusedGelu' (opset 13) "
                                          "is not supported"));
}

TEST(OnnxModelErrors, ACycle) {
  EXPECT_EQ(refusal_of([](ModelProto& model) {
              model.mutable_graph()->mutable_node(0)->set_input(0, "y");
            }),
            "graph has a cycle: add -> relu -> add");
}

TEST(OnnxModelErrors, AnUndefinedInput) {
  EXPECT_EQ(refusal_of([](ModelProto& model) { relu(model).set_input(0, "nowhere"); }),
            "node 'relu' (Relu): input 'nowhere' is not defined by any graph input, constant or "
            "node");
}

TEST(OnnxModelErrors, AValueDefinedTwice) {
  EXPECT_EQ(refusal_of([](ModelProto& model) {
              *model.mutable_graph()->add_initializer() = weights(model);
            }),
            "value 'w' is defined twice: by two initializers");
}

TEST(OnnxModelErrors, ShapesThatDoNotAgree) {
  EXPECT_THAT(refusal_of([](ModelProto& model) {
                weights(model) = export_tensor("w", {DataType::float32, {2}, {1, 2}, {}});
              }),
              testing::AllOf(testing::HasSubstr("node 'add' (Add)"), testing::HasSubstr("[2, 3]"),
                             testing::HasSubstr("[2]")));
}

TEST(OnnxModelErrors, AnOutputThatIsNotAsDeclared) {
  EXPECT_EQ(refusal_of([](ModelProto& model) {
              *model.mutable_graph()->mutable_output(0) = float_value("y", {2, 4});
            }),
            "graph output 'y' is declared as [2, 4], but its shape is [2, 3]");
}

TEST(OnnxInputErrors, ASymbolicDimensionThatIsNotTheFirst) {
  EXPECT_EQ(refusal_of([](ModelProto& model) {
              shape_of(input(model)).mutable_dim(1)->set_dim_param("width");
            }),
            "graph input 'x': dimension 1 is symbolic ('width'); only the first may be (it takes "
            "the batch)");
}

TEST(OnnxInputErrors, AnEmptyDimension) {
  EXPECT_EQ(refusal_of(
                [](ModelProto& model) { shape_of(input(model)).mutable_dim(1)->set_dim_value(0); }),
            "graph input 'x': dimension 1 is 0, it must be at least 1");
}

TEST(OnnxInputErrors, NoShapeOrNoTensor) {
  EXPECT_EQ(refusal_of([](ModelProto& model) {
              input(model).mutable_type()->mutable_tensor_type()->clear_shape();
            }),
            "graph input 'x' has no shape");
  EXPECT_EQ(refusal_of([](ModelProto& model) { input(model).clear_type(); }),
            "graph input 'x' is not a tensor");
}

TEST(OnnxInputErrors, AnUnsupportedElementType) {
  EXPECT_EQ(
      refusal_of([](ModelProto& model) {
        input(model).mutable_type()->mutable_tensor_type()->set_elem_type(TensorProto::STRING);
      }),
      "graph input 'x' has element type STRING, which is not supported (supported: FLOAT, "
      "UINT8, INT8, UINT16, INT16, INT32, INT64, BOOL, FLOAT16, DOUBLE, UINT32, UINT64, "
      "BFLOAT16, FLOAT8E4M3FN, FLOAT8E5M2, UINT4, INT4)");
}

TEST(OnnxTensorErrors, AnUnsupportedElementType) {
  EXPECT_THAT(refusal_of([](ModelProto& model) { weights(model).set_data_type(26); }),
              testing::StartsWith("tensor 'w' has element type INT2, which is not supported"));
  EXPECT_THAT(
      refusal_of([](ModelProto& model) { weights(model).set_data_type(18); }),
      testing::StartsWith("tensor 'w' has element type FLOAT8E4M3FNUZ, which is not supported"));
  EXPECT_THAT(
      refusal_of([](ModelProto& model) { weights(model).set_data_type(20); }),
      testing::StartsWith("tensor 'w' has element type FLOAT8E5M2FNUZ, which is not supported"));
  EXPECT_THAT(refusal_of([](ModelProto& model) { weights(model).set_data_type(99); }),
              testing::StartsWith("tensor 'w' has element type number 99, which is not supported"));
}

TEST(OnnxTensorErrors, DataThatIsNotTheShapes) {
  EXPECT_EQ(refusal_of([](ModelProto& model) { weights(model).set_raw_data("12345678"); }),
            "tensor 'w' of shape [3] (FLOAT) needs 12 bytes, its data has 8");
  EXPECT_EQ(refusal_of([](ModelProto& model) { weights(model).clear_raw_data(); }),
            "tensor 'w' of shape [3] (FLOAT) needs 12 bytes, its data has 0");
  EXPECT_EQ(refusal_of([](ModelProto& model) { weights(model).set_dims(0, -3); }),
            "tensor 'w' has shape [-3]: an extent must not be negative");
  EXPECT_EQ(
      refusal_of([](ModelProto& model) { weights(model).set_dims(0, std::int64_t{1} << 62); }),
      "tensor 'w' of shape [4611686018427387904] is too large");
}

TEST(OnnxTensorErrors, AnAttributeOfAKindNoOpTakes) {
  EXPECT_EQ(refusal_of([](ModelProto& model) {
              onnx::AttributeProto& body = *relu(model).add_attribute();
              body.set_name("body");
              body.set_type(AttributeProto::GRAPH);
            }),
            "node 'relu' (Relu): attribute 'body': type GRAPH is not supported (supported: FLOAT, "
            "INT, STRING, TENSOR, FLOATS, INTS)");
}

TEST(OnnxTensorErrors, SparseInitializers) {
  EXPECT_EQ(refusal_of([](ModelProto& model) { model.mutable_graph()->add_sparse_initializer(); }),
            "sparse initializers are not supported");
}

TEST(OnnxTensorErrors, ANameThatIsNotText) {
  EXPECT_EQ(refusal_of([](ModelProto& model) { relu(model).set_name("\xFF"); }),
            "the name of a node is not UTF-8");
}

class ExternalDataErrors : public testing::Test {
 protected:
  std::string refusal_of(const std::vector<std::pair<std::string, std::string>>& entries) {
    ModelProto model = small_model();
    weights(model).clear_raw_data();
    weights(model).set_data_location(TensorProto::EXTERNAL);
    for (const auto& [key, value] : entries) {
      auto& entry = *weights(model).add_external_data();
      entry.set_key(key);
      entry.set_value(value);
    }
    save(std::string(20, '\0'), folder_ / "w.bin");
    return refusal(save(model, folder_ / "m.onnx"));
  }

  TestFolder folder_;
};

TEST_F(ExternalDataErrors, WhatLiesWithinTheFileIsFine) {
  EXPECT_EQ(refusal_of({{"location", "w.bin"}, {"offset", "8"}, {"length", "12"}}), "no error");
}

TEST_F(ExternalDataErrors, AFileThatIsTooShort) {
  EXPECT_EQ(refusal_of({{"location", "w.bin"}, {"offset", "12"}}),
            "tensor 'w': external data 'w.bin' ends at byte 20, needed are 12 bytes from byte 12");
}

TEST_F(ExternalDataErrors, AMissingFile) {
  EXPECT_EQ(refusal_of({{"location", "v.bin"}}),
            "tensor 'w': external data 'v.bin' does not exist");
}

TEST_F(ExternalDataErrors, ALengthThatIsNotTheShapes) {
  EXPECT_EQ(refusal_of({{"location", "w.bin"}, {"length", "16"}}),
            "tensor 'w' needs 12 bytes by its shape, its external data has a length of 16");
}

TEST_F(ExternalDataErrors, APathOutOfTheModelsFolder) {
  EXPECT_EQ(refusal_of({{"location", "../w.bin"}}),
            "tensor 'w': external data '../w.bin' lies outside the model's folder");
  EXPECT_EQ(refusal_of({{"location", "/etc/passwd"}}),
            "tensor 'w': external data '/etc/passwd' lies outside the model's folder");
  std::filesystem::create_symlink("/etc/passwd", folder_ / "link");
  EXPECT_EQ(refusal_of({{"location", "link"}}),
            "tensor 'w': external data 'link' lies outside the model's folder");
}

TEST_F(ExternalDataErrors, NumbersThatAreNone) {
  EXPECT_EQ(refusal_of({{"location", "w.bin"}, {"offset", "-1"}}),
            "tensor 'w': external data has offset '-1', not a number");
  EXPECT_EQ(refusal_of({}), "tensor 'w': external data has no location");
}

}  // namespace
}  // namespace systolith
