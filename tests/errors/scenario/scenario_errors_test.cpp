// Every kind of bad scenario, and the message that answers it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include "sim/serve/serve.h"

namespace systolith {
namespace {

constexpr const char* kRest = "workload: mlp, arrivals: {kind: continuous, requests: 1}";

std::string message_of(std::string text) {
  for (std::size_t at = text.find('$'); at != std::string::npos; at = text.find('$'))
    text.replace(at, 1, kRest);
  try {
    const Scenario scenario = parse_scenario(text, "s.yaml", {});
    check_scenario(scenario);
    prepare(scenario);
  } catch (const UserError& error) {
    return error.what();
  }
  return "no error";
}

TEST(ScenarioErrors, EveryOneNamesThePlaceAndWhatIsAllowed) {
  const YAML::Node cases =
      YAML::LoadFile(SYSTOLITH_SOURCE_DIR "/tests/errors/scenario/cases.yaml");
  ASSERT_GT(cases.size(), 20U);
  for (const YAML::Node& row : cases)
    EXPECT_THAT(message_of(row["scenario"].as<std::string>()),
                ::testing::StartsWith(row["error"].as<std::string>()))
        << row["case"];
}

}  // namespace
}  // namespace systolith
