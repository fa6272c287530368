#include <gmock/gmock.h>

#include "models/zoo/zoo.h"

namespace systolith {
namespace {

std::string message_of(const std::string& workload) {
  try {
    build_zoo(parse_zoo_spec(workload));
  } catch (const UserError& error) {
    return error.what();
  }
  return "no error";
}

TEST(ZooSpec, ANameAloneHasNoParameters) {
  const ZooSpec spec = parse_zoo_spec("resnet50");
  EXPECT_EQ(spec.name, "resnet50");
  EXPECT_TRUE(spec.parameters.empty());
}

TEST(ZooSpec, ParametersFollowAColon) {
  const ZooSpec spec = parse_zoo_spec("resnet50:batch=4,classes=10");
  EXPECT_EQ(spec.name, "resnet50");
  EXPECT_THAT(spec.parameters,
              testing::ElementsAre(testing::Pair("batch", "4"), testing::Pair("classes", "10")));
}

TEST(ZooSpec, WhatIsNotAParameterIsRefused) {
  EXPECT_EQ(message_of("mlp:"), "workload 'mlp:': '' is not of the form parameter=value");
  EXPECT_EQ(message_of("mlp:in"), "workload 'mlp:in': 'in' is not of the form parameter=value");
  EXPECT_EQ(message_of("mlp:in="), "workload 'mlp:in=': 'in=' is not of the form parameter=value");
  EXPECT_EQ(message_of("mlp:in=1,,batch=2"),
            "workload 'mlp:in=1,,batch=2': '' is not of the form parameter=value");
  EXPECT_EQ(message_of("mlp:in=1,in=2"), "workload 'mlp:in=1,in=2': parameter 'in' is given twice");
  EXPECT_EQ(message_of(":in=1"), "workload ':in=1' has no name before ':'");
}

TEST(ZooSpec, AnUnknownModelIsAnsweredWithTheKnownOnes) {
  EXPECT_EQ(message_of("resnet51"),
            "unknown zoo model 'resnet51' (known: alexnet, conv, digits_cnn, gemm, lenet, mlp, "
            "mobilenet_v2, resnet18, resnet34, resnet50, squeezenet, vgg16); did you mean "
            "'resnet50'?");
}

TEST(ZooSpec, AnUnknownParameterIsAnsweredWithTheKnownOnes) {
  EXPECT_EQ(
      message_of("mlp:dept=3"),
      "unknown parameter of zoo model 'mlp': 'dept' (known: batch, seed, classes, in, hidden, "
      "depth); did you mean 'depth'?");
}

TEST(ZooSpec, AValueThatIsNoIntegerInRangeIsRefused) {
  EXPECT_EQ(message_of("mlp:in=many"),
            "zoo model 'mlp': in=many is not an integer from 1 to 65536");
  EXPECT_EQ(message_of("mlp:batch=0"),
            "zoo model 'mlp': batch=0 is not an integer from 1 to 65536");
  EXPECT_EQ(message_of("mlp:batch=99999999999999999999"),
            "zoo model 'mlp': batch=99999999999999999999 is not an integer from 1 to 65536");
  EXPECT_EQ(message_of("resnet50:size=8193"),
            "zoo model 'resnet50': size=8193 is not an integer from 1 to 8192");
}

TEST(ZooSpec, AnImageTooSmallForALayerIsRefused) {
  EXPECT_EQ(message_of("alexnet:size=32"),
            "zoo model 'alexnet': the input is too small: layer 'features.12' has a window of 3x3 "
            "on an input of 1x1");
}

TEST(ZooSpec, GroupsMustDivideTheChannels) {
  EXPECT_EQ(message_of("conv:in=64,out=64,groups=3"),
            "zoo model 'conv': groups=3 must divide in=64 and out=64");
}

}  // namespace
}  // namespace systolith
