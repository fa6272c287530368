#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "sim/system/vocabulary.h"

namespace systolith {
namespace {

TEST(ReferenceSchema, IsWhatThisBuildGenerates) {
  std::ifstream stream(SYSTOLITH_SOURCE_DIR "/docs/reference/machine.schema.json");
  const std::string published{std::istreambuf_iterator<char>(stream), {}};
  EXPECT_EQ(published, machine_json_schema(vocabulary()))
      << "regenerate it: systolith list schema > docs/reference/machine.schema.json";
}

}  // namespace
}  // namespace systolith
