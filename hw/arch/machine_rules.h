// What must hold between the fields of a machine, each of which is valid by itself.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "hw/arch/machine.h"

namespace systolith {

// `paths`: the fields at fault, the most likely first. Does not return.
using Complaint =
    std::function<void(const std::vector<std::string>& paths, const std::string& message)>;

// Calls `complain` with the first rule that is broken.
void check_machine_rules(const Machine& machine, const Complaint& complain);

}  // namespace systolith
