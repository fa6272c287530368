// The comparison with golden files itself.
#include "tests/golden/golden_file.h"

#include <gtest/gtest-spi.h>

namespace systolith::testing {
namespace {

// An environment variable for the length of a scope.
class Setting {
 public:
  explicit Setting(const char* name) : name_(name) {
    if (const char* value = std::getenv(name)) before_ = value, had_ = true;
  }
  ~Setting() { had_ ? ::setenv(name_, before_.c_str(), 1) : ::unsetenv(name_); }
  void set() { ::setenv(name_, "1", 1); }
  void unset() { ::unsetenv(name_); }

 private:
  const char* name_;
  std::string before_;
  bool had_ = false;
};

TEST(GoldenFile, ADifferenceShowsBothLinesWithTheirNumber) {
  EXPECT_EQ(difference("a\nb\nc\n", "a\nx\nc\nd\n"), "-2: b\n+2: x\n+4: d\n");
}

TEST(GoldenFile, ADifferenceStopsAtItsLimit) {
  std::string before, after;
  for (int i = 0; i < 30; ++i) before += "a\n", after += "b\n";
  EXPECT_EQ(lines_of(difference(before, after)).size(), 41u);
  EXPECT_EQ(lines_of(difference(before, after)).back(), "... and 20 more lines");
}

TEST(GoldenFile, AMismatchNamesTheCommandThatBlesses) {
  Setting bless("SYSTOLITH_BLESS");
  bless.unset();
  EXPECT_NONFATAL_FAILURE(expect_golden("/nonexistent", "x\n", "make bless"),
                          "bless it with: make bless");
}

TEST(GoldenFile, NothingIsBlessedUnderCi) {
  Setting bless("SYSTOLITH_BLESS"), ci("CI");
  bless.set();
  ci.set();
  EXPECT_FATAL_FAILURE(expect_golden("/nonexistent", "x\n", "make bless"),
                       "CI never blesses golden files");
}

}  // namespace
}  // namespace systolith::testing
