#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "hw/arch/machine_fields.h"
#include "tests/unit/hw_arch/test_vocabulary.h"

namespace systolith {
namespace {

using nlohmann::json;

json schema() { return json::parse(machine_json_schema(test_vocabulary())); }

// Calls `visit` for every schema of an object below `node`.
template <class Visit>
void for_each_object(const json& node, Visit&& visit) {
  if (node.contains("type") && node.at("type") == "object") visit(node);
  for (const auto& [key, child] : node.items())
    if (child.is_object()) for_each_object(child, visit);
}

TEST(MachineSchema, SaysWhichDraftItIsWrittenIn) {
  EXPECT_EQ(schema().at("$schema"), "https://json-schema.org/draft/2020-12/schema");
}

TEST(MachineSchema, HasEveryFieldOfTheTableWithItsDescription) {
  const json root = schema();
  for (const MachineField& field : machine_fields()) {
    std::string pointer = "/properties/";
    for (const char* c = field.path; *c != '\0'; ++c)
      if (*c == '[') {
        pointer += "/items/properties/";
        c += 2;  // "]."
      } else {
        pointer += *c == '.' ? "/properties/" : std::string(1, *c);
      }
    EXPECT_EQ(root.at(json::json_pointer(pointer)).at("description"), field.description);
  }
}

TEST(MachineSchema, DescribesEveryMappingAndClosesItToOtherKeys) {
  int objects = 0;
  for_each_object(schema(), [&](const json& object) {
    ++objects;
    EXPECT_FALSE(object.at("additionalProperties").get<bool>());
    EXPECT_FALSE(object.at("description").get<std::string>().empty());
    EXPECT_FALSE(object.at("properties").empty());
  });
  EXPECT_EQ(objects, 15);  // the machine, 11 sections, a level, a sub-array, the DRAM timings
}

TEST(MachineSchema, OffersTheVocabularysNamesAndTheStructsDefaults) {
  const json properties = schema().at("properties");
  const json& array = properties.at("core").at("properties").at("array").at("properties");
  const json& dataflow = array.at("dataflow").at("anyOf");  // one or a list
  EXPECT_EQ(dataflow.at(0).at("enum"), json({"output_stationary", "weight_stationary"}));
  EXPECT_EQ(dataflow.at(1).at("items"), dataflow.at(0));
  EXPECT_EQ(array.at("rows").at("default"), 32);
  EXPECT_EQ(array.at("rows").at("maximum"), 512);
  EXPECT_EQ(properties.at("clock").at("default"), "1GHz");
  EXPECT_EQ(properties.at("energy").at("enum"), json({"table_45nm", "table_7nm"}));
  const json& dram = properties.at("dram").at("properties");
  EXPECT_EQ(properties.at("core")
                .at("properties")
                .at("scratchpad")
                .at("properties")
                .at("banks")
                .at("enum"),
            json({1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024}));
  EXPECT_EQ(dram.at("timing").at("properties").at("CL").at("type"), "integer");
  EXPECT_EQ(properties.at("memory").at("items").at("required"), json({"name"}));
}

}  // namespace
}  // namespace systolith
