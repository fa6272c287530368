#include "hw/arch/preset_files.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "hw/base/error.h"

namespace systolith {
namespace {

namespace fs = std::filesystem;

// Name to path of each NAME.yaml in `folder` of the preset directories.
std::map<std::string, std::string> files_in(const Vocabulary& vocabulary, const char* folder) {
  std::map<std::string, std::string> files;
  for (const std::string& directory : vocabulary.preset_directories) {
    std::error_code absent;  // a search path may name directories that are not there
    for (const auto& entry : fs::directory_iterator(fs::path(directory) / folder, absent))
      if (entry.is_regular_file() && entry.path().extension() == ".yaml")
        files.emplace(entry.path().stem().string(), entry.path().string());
  }
  return files;
}

std::vector<std::string> names_of(const std::map<std::string, std::string>& files) {
  std::vector<std::string> names;
  for (const auto& [name, path] : files) names.push_back(name);
  return names;
}

bool looks_like_a_path(const std::string& source) {
  const std::string extension = fs::path(source).extension().string();
  return source.find('/') != source.npos || extension == ".yaml" || extension == ".yml";
}

}  // namespace

std::vector<std::string> energy_table_names(const Vocabulary& vocabulary) {
  return names_of(files_in(vocabulary, "energy"));
}

std::string energy_table_path(const std::string& name, const Vocabulary& vocabulary) {
  const auto tables = files_in(vocabulary, "energy");
  if (const auto found = tables.find(name); found != tables.end()) return found->second;
  throw UserError(unknown_name_message("energy table", name, names_of(tables)));
}

std::vector<std::string> preset_names(const Vocabulary& vocabulary) {
  return names_of(files_in(vocabulary, ""));
}

std::string machine_path(const std::string& source, const Vocabulary& vocabulary) {
  if (looks_like_a_path(source)) return source;
  const auto presets = files_in(vocabulary, "");
  if (const auto found = presets.find(source); found != presets.end()) return found->second;
  std::error_code none;  // what can't be looked at is no file
  if (fs::is_regular_file(source, none)) return source;
  throw UserError(unknown_name_message("machine preset", source, names_of(presets)));
}

std::string read_text_file(const std::string& path, const char* kind) {
  constexpr std::uintmax_t kMaxBytes = 1 << 20;
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (status.type() == fs::file_type::not_found) user_error("{} '{}' does not exist", kind, path);
  if (status.type() == fs::file_type::none)
    user_error("{} '{}' cannot be read: {}", kind, path, error.message());
  if (!fs::is_regular_file(status)) user_error("{} '{}' is not a file", kind, path);
  std::ifstream stream(path, std::ios::binary);
  if (!stream) user_error("{} '{}' cannot be read", kind, path);
  if (fs::file_size(path) > kMaxBytes)
    user_error("{} '{}' is larger than {} bytes", kind, path, kMaxBytes);
  return {std::istreambuf_iterator<char>(stream), {}};
}

}  // namespace systolith
