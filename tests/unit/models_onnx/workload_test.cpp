#include "tests/support/onnx_files.h"

namespace systolith {
namespace {

std::string refusal_of_workload(const std::string& workload, std::int64_t batch) {
  try {
    load_workload(workload, batch);
  } catch (const UserError& error) {
    return error.what();
  }
  return "no error";
}

TEST(LoadWorkload, APathEndingInOnnxIsAFile) {
  const TestFolder folder;
  EXPECT_EQ(load_workload(save(small_model(), folder / "m.onnx")).name, "small");
}

TEST(LoadWorkload, AnythingElseIsAZooSpec) { EXPECT_EQ(load_workload("mlp:in=4").name, "mlp"); }

TEST(LoadWorkload, TheBatchReachesTheZoo) {
  EXPECT_EQ(load_workload("mlp:in=4", 3).inputs.at(0).shape, (Shape{3, 4}));
  EXPECT_EQ(load_workload("mlp:in=4,batch=3").inputs.at(0).shape, (Shape{3, 4}));
  EXPECT_EQ(load_workload("mlp:in=4,batch=3", 3).inputs.at(0).shape, (Shape{3, 4}));
}

TEST(LoadWorkload, TwoBatchesThatDifferAreRefused) {
  EXPECT_EQ(refusal_of_workload("mlp:in=4,batch=3", 2),
            "workload 'mlp:in=4,batch=3' has batch=3, but a batch of 2 was asked for");
}

TEST(LoadWorkload, ABatchOtherThanTheFilesIsRefused) {
  const TestFolder folder;
  EXPECT_EQ(refusal(save(small_model(), folder / "m.onnx"), 5),
            "graph input 'x' has a fixed first dimension of 2; batch 5 needs a model whose first "
            "dimension is symbolic");
}

}  // namespace
}  // namespace systolith
