#include "hw/base/registry.h"

#include <gtest/gtest.h>

namespace systolith {
namespace {

TEST(Registry, AnUnknownNameIsAnsweredWithTheKnownOnes) {
  EXPECT_EQ(unknown_name_message("dataflow", "row_stationary", {"output_stationary", "weights"}),
            "unknown dataflow 'row_stationary' (known: output_stationary, weights)");
}

TEST(Registry, ANearMissIsSuggested) {
  EXPECT_EQ(unknown_name_message("preset", "edge_npv", {"edge_npu", "tpu_v1"}),
            "unknown preset 'edge_npv' (known: edge_npu, tpu_v1); did you mean 'edge_npu'?");
}

}  // namespace
}  // namespace systolith
