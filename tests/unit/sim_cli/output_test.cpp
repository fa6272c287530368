#include "sim/cli/output.h"

#include <gmock/gmock.h>

#include <fstream>

#include "hw/base/error.h"

namespace systolith::cli {
namespace {

namespace fs = std::filesystem;

class Output : public testing::Test {
 protected:
  Output()
      : place_(fs::path(testing::TempDir()) /
               testing::UnitTest::GetInstance()->current_test_info()->name()) {
    fs::remove_all(place_);
    fs::create_directory(place_);
  }
  ~Output() override { fs::remove_all(place_); }

  std::vector<std::string> names(const fs::path& directory) const {
    std::vector<std::string> found;
    for (const auto& entry : fs::directory_iterator(directory))
      found.push_back(entry.path().filename().string());
    return found;
  }

  fs::path place_;
};

TEST_F(Output, ADirectoryThatIsNotCommittedLeavesNoTrace) {
  {
    OutputDirectory out((place_ / "a/b").string(), {"x"});
    out.write("x", "half");
  }
  EXPECT_THAT(names(place_), testing::IsEmpty());
}

TEST_F(Output, ACommittedDirectoryHoldsJustTheFiles) {
  {
    OutputDirectory out((place_ / "a/").string(), {"x", "y"});
    out.write("x", "whole");
    EXPECT_FALSE(fs::exists(place_ / "a/x"));
    out.commit();
  }
  EXPECT_THAT(names(place_ / "a"), testing::ElementsAre("x"));
}

TEST_F(Output, CommitRemovesWhatAnEarlierRunLeftAndKeepsTheUsersFiles) {
  std::ofstream(place_ / "y") << "old";
  std::ofstream(place_ / "notes") << "mine";
  {
    OutputDirectory out(place_.string(), {"x", "y"});
    out.write("x", "new");
    out.commit();
  }
  EXPECT_THAT(names(place_), testing::UnorderedElementsAre("x", "notes"));
}

TEST_F(Output, AFailedRunKeepsAnEarlierRunsFiles) {
  std::ofstream(place_ / "x") << "old";
  { OutputDirectory out(place_.string(), {"x"}); }
  EXPECT_THAT(names(place_), testing::ElementsAre("x"));
}

TEST_F(Output, AFileInTheWayIsRefused) {
  std::ofstream(place_ / "file") << "kept";
  EXPECT_THROW(OutputDirectory((place_ / "file").string(), {}), UserError);
  EXPECT_THROW(OutputDirectory((place_ / "file/below").string(), {}), UserError);
}

TEST_F(Output, AFilesPlaceMustBeWritable) {
  require_writable((place_ / "new").string());
  require_writable("/dev/null");
  EXPECT_THROW(require_writable(place_.string()), UserError);
  EXPECT_THROW(require_writable((place_ / "absent/new").string()), UserError);
}

TEST_F(Output, AFileAppearsOnCommitOnly) {
  OutputFile file((place_ / "program.bin").string());
  std::ofstream(file.staging()) << "content";
  EXPECT_FALSE(fs::exists(place_ / "program.bin"));
  EXPECT_EQ(file.staging().extension(), ".bin");
  file.commit();
  EXPECT_THAT(names(place_), testing::ElementsAre("program.bin"));
}

TEST_F(Output, AFileThatIsNotCommittedLeavesNoTrace) {
  { OutputFile file((place_ / "program.bin").string()); }
  EXPECT_THAT(names(place_), testing::IsEmpty());
}

}  // namespace
}  // namespace systolith::cli
