// The words of the text form that its reader and its writer share.
#pragma once

#include <array>
#include <string_view>

namespace systolith {

inline constexpr std::string_view kTextMagic = "systolith-program";
inline constexpr std::array<std::string_view, 4> kTensorRoles = {"input", "output", "constant",
                                                                 "state"};
inline constexpr std::array<std::string_view, 4> kPhases = {"", "forward", "backward", "update"};
inline constexpr std::array<std::string_view, 2> kLayouts = {"nhwc", "hwio"};
inline constexpr std::string_view kScalarShape = "scalar";

}  // namespace systolith
