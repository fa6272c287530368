// The words of the text form that its reader and its writer share.
#pragma once

#include <array>
#include <string_view>

namespace systolith {

inline constexpr std::string_view kTextMagic = "systolith-program";
inline constexpr std::array<std::string_view, 3> kTensorRoles = {"input", "output", "constant"};
inline constexpr std::string_view kScalarShape = "scalar";

}  // namespace systolith
