#include "sim/cli/npz.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "sim/cli/npy.h"

namespace systolith::cli {
namespace {

Tensor two_by_three() {
  Tensor tensor;
  tensor.shape = {2, 3};
  tensor.floats = {1, -2, 0.5, 4, 5, 6};
  return tensor;
}

std::string temporary(const std::string& name) {
  return (std::filesystem::path(testing::TempDir()) / name).string();
}

std::string bytes_of_file(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::string complaint(const std::string& npy) {
  try {
    from_npy(npy);
  } catch (const UserError& error) {
    return error.what();
  }
  return "none";
}

TEST(Npy, TheHeaderIsThatOfNumpysFormat) {
  const std::string npy = to_npy(two_by_three());
  EXPECT_EQ(npy.substr(0, 10), std::string("\x93NUMPY\x01\x00\x76\x00", 10));
  EXPECT_EQ(npy.substr(10, 58), "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), ");
  EXPECT_EQ(npy.size(), 128U + 24U);
  EXPECT_EQ(npy[127], '\n');
}

TEST(Npy, WhatIsWrittenIsReadBack) {
  for (const Shape& shape : {Shape{}, Shape{6}, Shape{0, 4}, Shape{2, 3}, Shape{1, 2, 1, 3}}) {
    Tensor tensor;
    tensor.shape = shape;
    tensor.floats.assign(static_cast<std::size_t>(elements(shape)), 1.25F);
    const Tensor back = from_npy(to_npy(tensor));
    EXPECT_EQ(back.shape, shape);
    EXPECT_EQ(back.floats, tensor.floats);
  }
}

TEST(Npy, EveryTruncationIsRefused) {
  const std::string npy = to_npy(two_by_three());
  for (std::size_t length = 0; length < npy.size(); ++length)
    EXPECT_NE(complaint(npy.substr(0, length)), "none") << length;
}

TEST(Npy, SaysWhatIsWrong) {
  EXPECT_EQ(complaint("PK"), "not an .npy array of format 1.0");
  std::string npy = to_npy(two_by_three());
  EXPECT_EQ(complaint(npy + "x"), "25 bytes do not hold shape [2, 3] of <f4");
  npy.replace(npy.find("<f4"), 3, ">f4");
  EXPECT_THAT(complaint(npy), testing::StartsWith("unknown element type '>f4' (allowed: "));
}

TEST(Npz, ArraysKeepTheirNames) {
  const std::string path = temporary("names.npz");
  write_npz(path, {{"a/b:0", two_by_three()}, {"z", two_by_three()}});
  const TensorMap back = read_npz(path);
  ASSERT_EQ(back.size(), 2U);
  EXPECT_EQ(back.at("a/b:0").floats, two_by_three().floats);
}

TEST(Npz, EqualTensorsGiveEqualFiles) {
  write_npz(temporary("one.npz"), {{"a", two_by_three()}});
  write_npz(temporary("two.npz"), {{"a", two_by_three()}});
  EXPECT_EQ(bytes_of_file(temporary("one.npz")), bytes_of_file(temporary("two.npz")));
}

TEST(Npz, AMissingFileIsNamed) {
  EXPECT_THAT([] { read_npz("/nowhere.npz"); },
              testing::ThrowsMessage<UserError>("/nowhere.npz: No such file"));
}

}  // namespace
}  // namespace systolith::cli
