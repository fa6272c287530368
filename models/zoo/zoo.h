// Parametric networks with seeded weights.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "hw/base/registry.h"
#include "models/graph/graph.h"

namespace systolith {

// "resnet50:batch=4,classes=10" -> name and parameters. UserError: no name, a parameter without a
// value, or given twice.
struct ZooSpec {
  std::string name;
  std::map<std::string, std::string> parameters;
};
ZooSpec parse_zoo_spec(const std::string& text);

// An integer that a model takes, in minimum..maximum.
struct ZooParameter {
  std::string name;
  std::int64_t fallback = 1;  // where it isn't given
  std::string summary;
  std::int64_t minimum = 1;
  std::int64_t maximum = 65536;
};

// A value for every parameter of a model.
class ZooArguments {
 public:
  explicit ZooArguments(std::map<std::string, std::int64_t> values) : values_(std::move(values)) {}
  // Requires: the model's parameters() have it.
  std::int64_t operator[](const std::string& name) const;

 private:
  std::map<std::string, std::int64_t> values_;
};

class ZooModel {
 public:
  static constexpr const char* kKind = "zoo model";
  using Factory = std::unique_ptr<ZooModel> (*)();

  virtual ~ZooModel() = default;
  // All of them; every model has `batch` and `seed`.
  virtual std::vector<ZooParameter> parameters() const = 0;
  // Not yet sorted, without shapes. UserError where parameters don't go together.
  virtual Graph build(const ZooArguments& arguments) const = 0;
};
template <>
const RegistrationTable<ZooModel>& registrations<ZooModel>();

// Builds, sorts and infers shapes. UserError: unknown name or parameter (what is known), bad value.
Graph build_zoo(const ZooSpec& spec);

}  // namespace systolith
