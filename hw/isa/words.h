// Fields as 64-bit words: what they are compared and encoded by. A float is its bits (so that -0
// and NaNs keep theirs), a signed integer is sign-extended, an array is one word for each element.
#pragma once

#include <cstring>
#include <limits>
#include <type_traits>

#include "hw/isa/fields.h"

namespace systolith {

template <class T>
std::uint64_t to_word(T value) {
  if constexpr (std::is_same_v<T, float>) {
    std::uint32_t bits;
    std::memcpy(&bits, &value, sizeof bits);
    return bits;
  } else if constexpr (std::is_enum_v<T>) {
    return static_cast<std::uint64_t>(static_cast<std::underlying_type_t<T>>(value));
  } else {
    return static_cast<std::uint64_t>(static_cast<std::int64_t>(value));
  }
}

// False where T can't hold the word. Enumerations are checked for their width only.
template <class T>
bool from_word(std::uint64_t word, T& value) {
  if constexpr (std::is_same_v<T, float>) {
    const auto bits = static_cast<std::uint32_t>(word);
    std::memcpy(&value, &bits, sizeof bits);
    return bits == word;
  } else if constexpr (std::is_same_v<T, bool>) {
    value = word != 0;
    return word <= 1;
  } else if constexpr (std::is_enum_v<T>) {
    value = static_cast<T>(word);
    return to_word(value) == word;
  } else {
    value = static_cast<T>(word);
    return to_word(value) == word;
  }
}

// Calls f(scalar) for the field itself or for each of its elements.
template <class T, class F>
void for_each_scalar(T& scalar, F&& f) {
  f(scalar);
}
template <class T, std::size_t n, class F>
void for_each_scalar(std::array<T, n>& array, F&& f) {
  for (auto& element : array) for_each_scalar(element, f);
}
template <class T, std::size_t n, class F>
void for_each_scalar(const std::array<T, n>& array, F&& f) {
  for (const auto& element : array) for_each_scalar(element, f);
}
template <class F>
void for_each_scalar(TransferLoop& loop, F&& f) {
  f(loop.count), f(loop.system_stride), f(loop.local_stride);
}
template <class F>
void for_each_scalar(const TransferLoop& loop, F&& f) {
  f(loop.count), f(loop.system_stride), f(loop.local_stride);
}

template <class T>
bool same_words(const T& a, const T& b) {
  return to_word(a) == to_word(b);
}
template <class T, std::size_t n>
bool same_words(const std::array<T, n>& a, const std::array<T, n>& b) {
  for (std::size_t i = 0; i < n; ++i)
    if (!same_words(a[i], b[i])) return false;
  return true;
}
inline bool same_words(const TransferLoop& a, const TransferLoop& b) {
  return a.count == b.count && a.system_stride == b.system_stride &&
         a.local_stride == b.local_stride;
}

template <class Op>
bool same_fields(const Op& a, const Op& b) {
  bool same = true;
  visit_fields(OperationType<Op>{},
               [&](const Field&, auto access) { same = same && same_words(access(a), access(b)); });
  return same;
}

// Field by field, floats by their bits.
inline bool same_operation(const Operation& a, const Operation& b) {
  if (a.index() != b.index()) return false;
  return std::visit(
      [&](const auto& op) { return same_fields(op, std::get<std::decay_t<decltype(op)>>(b)); }, a);
}

inline bool same_command(const Command& a, const Command& b) {
  return a.index == b.index && a.core == b.core && a.tenant == b.tenant && a.layer == b.layer &&
         a.after == b.after && same_operation(a.operation, b.operation);
}

}  // namespace systolith
