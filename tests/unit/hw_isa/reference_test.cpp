#include "hw/isa/reference.h"

#include "tests/golden/golden_file.h"

namespace systolith {
namespace {

TEST(CommandReference, ThePublishedPageIsThatOfTheTable) {
  testing::expect_golden(SYSTOLITH_SOURCE_DIR "/docs/reference/commands.md", commands_reference(),
                         "SYSTOLITH_BLESS=1 ctest --test-dir build -R CommandReference");
}

}  // namespace
}  // namespace systolith
