// Services of small scenarios, for tests.
#pragma once

#include <fstream>
#include <sstream>

#include "sim/serve/serve.h"
#include "tests/unit/traces/scratch_folder.h"

namespace systolith {

// Serves a scenario's text; timelines and files of the test lie in `folder`.
inline Served serve_text(const std::string& text, const testing::ScratchFolder& folder,
                         const ServeTimelines& timelines = {}) {
  ServeOptions options;
  options.timelines = timelines;
  return serve(parse_scenario(text, folder / "scenario.yaml", {}), options);
}

inline std::string contents(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

}  // namespace systolith
