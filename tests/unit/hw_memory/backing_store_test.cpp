#include <gtest/gtest.h>

#include <vector>

#include "hw/memory/backing_store.h"

namespace systolith {
namespace {

TEST(BackingStore, WhatWasNeverWrittenReadsAsZero) {
  BackingStore store;
  std::vector<std::uint8_t> bytes(100, 0xFF);
  store.read(std::uint64_t{1} << 40, bytes.data(), bytes.size());
  EXPECT_EQ(bytes, std::vector<std::uint8_t>(100, 0));
}

TEST(BackingStore, AWriteAcrossPagesReadsBack) {
  BackingStore store;
  std::vector<std::uint8_t> bytes(200'000);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i * 7);
  store.write(65'000, bytes.data(), bytes.size());
  std::vector<std::uint8_t> back(bytes.size());
  store.read(65'000, back.data(), back.size());
  EXPECT_EQ(back, bytes);
}

}  // namespace
}  // namespace systolith
