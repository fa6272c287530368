#include "models/graph/graph.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace systolith {
namespace {

using ::testing::ThrowsMessage;

Node node_with(const std::string& name, const Attribute& value) {
  Node node;
  node.name = "conv_1";
  node.op = "Conv";
  node.attributes[name] = value;
  return node;
}

TEST(Shape, IsPrintedAsAList) {
  EXPECT_EQ(to_string(Shape{1, 3, 224, 224}), "[1, 3, 224, 224]");
  EXPECT_EQ(to_string(Shape{}), "[]");
}

TEST(Shape, OfAScalarHasOneElement) { EXPECT_EQ(elements({}), 1); }

TEST(Shape, WithAnEmptyDimensionHasNoElements) { EXPECT_EQ(elements({3, 0, 5}), 0); }

TEST(Shape, ThatCannotBeCountedIsRefused) {
  const std::int64_t huge = std::int64_t{1} << 40;
  EXPECT_THAT(
      [&] {
        elements({huge, huge});
      },
      ThrowsMessage<UserError>("shape [1099511627776, 1099511627776] has more than 2^63 elements"));
}

TEST(AsType, KeepsTheNumbers) {
  const Tensor floats = {DataType::float32, {3}, {-2, 0, 16777216}, {}};
  const Tensor integers = as_type("x", floats, DataType::int64);
  EXPECT_EQ(integers.type, DataType::int64);
  EXPECT_EQ(integers.shape, floats.shape);
  EXPECT_THAT(integers.integers, ::testing::ElementsAre(-2, 0, 16777216));
  EXPECT_EQ(as_type("x", integers, DataType::float32).floats, floats.floats);
  EXPECT_EQ(as_type("x", integers, DataType::int32).integers, integers.integers);
}

TEST(AsType, RefusesWhatAnIntegerTypeDoesNotHold) {
  for (const float number : {0.5F, 1e9F, std::nanf("")})
    EXPECT_THAT(
        [&] {
          as_type("labels", {DataType::float32, {1}, {number}, {}}, DataType::int64);
        },
        ThrowsMessage<UserError>(::testing::StartsWith("'labels' takes integers, not ")));
}

TEST(DataType, EveryTypeHasAName) {
  EXPECT_EQ(to_string(DataType::float32), "float32");
  EXPECT_EQ(to_string(DataType::int64), "int64");
  EXPECT_EQ(to_string(DataType::int32), "int32");
  EXPECT_EQ(to_string(DataType::int8), "int8");
  EXPECT_EQ(to_string(DataType::uint8), "uint8");
  EXPECT_EQ(to_string(DataType::boolean), "boolean");
}

TEST(AttributeAccess, GivesTheValueOrTheFallback) {
  const Node node = node_with("group", std::int64_t{4});
  EXPECT_EQ(attribute(node, "group", std::int64_t{1}), 4);
  EXPECT_EQ(attribute(node, "axis", std::int64_t{-1}), -1);
  EXPECT_EQ(attribute(node, "alpha", 0.5F), 0.5F);
  EXPECT_EQ(attribute(node, "mode", std::string("edge")), "edge");
  EXPECT_EQ(attribute(node, "pads", std::vector<std::int64_t>{1}), std::vector<std::int64_t>{1});
}

TEST(AttributeAccess, OfAnotherTypeNamesNodeAndBothTypes) {
  const Node node = node_with("group", 4.0F);
  EXPECT_THAT([&] { attribute(node, "group", std::int64_t{1}); },
              ThrowsMessage<UserError>(
                  "node 'conv_1' (Conv): attribute 'group' is a float, not an integer"));
  const Node list = node_with("pads", std::vector<std::int64_t>{1, 1});
  EXPECT_THAT([&] { attribute(list, "pads", std::string()); },
              ThrowsMessage<UserError>(
                  "node 'conv_1' (Conv): attribute 'pads' is a list of integers, not a string"));
}

}  // namespace
}  // namespace systolith
