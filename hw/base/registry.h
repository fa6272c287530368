// Components by name. A kind of component (a dataflow, a DRAM standard, an op …) is an interface T
// with `static constexpr const char* kKind` and a `Factory` (a function-pointer type); an
// implementation is one .cpp with a Registration<T>, and one line in its CMake list, from which the
// table is generated (cmake/SystolithComponents.cmake). No static-initialisation order, no macros.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "hw/base/error.h"

namespace systolith {

template <class T>
struct Registration {
  const char* name;
  const char* summary;
  typename T::Factory create;
};

template <class T>
using RegistrationTable = std::vector<const Registration<T>*>;

// Generated per kind; the interface's header declares the specialisation. Sorted by name.
template <class T>
const RegistrationTable<T>& registrations();

template <class T>
std::vector<std::string> registered_names() {
  std::vector<std::string> names;
  for (const auto* entry : registrations<T>()) names.emplace_back(entry->name);
  return names;
}

// Null where the name is unknown.
template <class T>
const Registration<T>* find_registration(std::string_view name) {
  for (const auto* entry : registrations<T>())
    if (entry->name == name) return entry;
  return nullptr;
}

// "unknown <kind> '<name>' (known: a, b); did you mean 'a'?"
std::string unknown_name_message(std::string_view kind, std::string_view name,
                                 const std::vector<std::string>& known);

// Throws UserError where the name is unknown.
template <class T>
const Registration<T>& registration(std::string_view name) {
  if (const auto* found = find_registration<T>(name)) return *found;
  throw UserError(unknown_name_message(T::kKind, name, registered_names<T>()));
}

}  // namespace systolith
