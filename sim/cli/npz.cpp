#include "sim/cli/npz.h"

#include <zip.h>

#include <memory>

#include "sim/cli/npy.h"

namespace systolith::cli {
namespace {

constexpr zip_uint16_t kDosEpoch = (1 << 5) | 1;  // 1 January 1980
constexpr std::string_view kSuffix = ".npy";

struct Discard {
  void operator()(zip_t* archive) const { zip_discard(archive); }
  void operator()(zip_file_t* file) const { zip_fclose(file); }
};
using Archive = std::unique_ptr<zip_t, Discard>;

Archive open(const std::string& path, int flags) {
  int code = 0;
  Archive archive(zip_open(path.c_str(), flags, &code));
  if (!archive) {
    zip_error_t error;
    zip_error_init_with_code(&error, code);
    const std::string reason = zip_error_strerror(&error);
    zip_error_fini(&error);
    user_error("{}: {}", path, reason);
  }
  return archive;
}

// `npy` must live until the archive is closed.
void add(zip_t* archive, const std::string& path, const std::string& name, const std::string& npy) {
  zip_source_t* source = zip_source_buffer(archive, npy.data(), npy.size(), 0);
  const zip_int64_t index =
      zip_file_add(archive, (name + std::string(kSuffix)).c_str(), source, ZIP_FL_ENC_UTF_8);
  if (index < 0) {
    zip_source_free(source);
    user_error("{}: cannot add '{}': {}", path, name, zip_strerror(archive));
  }
  const auto entry = static_cast<zip_uint64_t>(index);
  zip_set_file_compression(archive, entry, ZIP_CM_STORE, 0);
  zip_file_set_dostime(archive, entry, 0, kDosEpoch, 0);
}

std::string content(zip_t* archive, zip_uint64_t index, const std::string& name) {
  zip_stat_t entry;
  const std::unique_ptr<zip_file_t, Discard> file(zip_fopen_index(archive, index, 0));
  if (!file || zip_stat_index(archive, index, 0, &entry) != 0)
    user_error("{}: {}", name, zip_strerror(archive));
  std::string bytes;
  std::vector<char> chunk(1 << 16);
  // Chunks, not the stated size at once: a damaged file may state anything.
  for (zip_int64_t got; (got = zip_fread(file.get(), chunk.data(), chunk.size())) != 0;) {
    if (got < 0) user_error("{}: damaged ({})", name, zip_file_strerror(file.get()));
    bytes.append(chunk.data(), static_cast<std::size_t>(got));
  }
  return bytes;
}

}  // namespace

void write_npz(const std::string& path, const TensorMap& tensors) {
  std::map<std::string, std::string> arrays;
  for (const auto& [name, tensor] : tensors) arrays[name] = to_npy(tensor);
  Archive archive = open(path, ZIP_CREATE | ZIP_TRUNCATE);
  for (const auto& [name, npy] : arrays) add(archive.get(), path, name, npy);
  if (zip_close(archive.get()) != 0)
    user_error("{}: cannot write: {}", path, zip_strerror(archive.get()));
  archive.release();  // closed
}

TensorMap read_npz(const std::string& path) {
  const Archive archive = open(path, ZIP_RDONLY | ZIP_CHECKCONS);
  TensorMap tensors;
  const auto count = static_cast<zip_uint64_t>(zip_get_num_entries(archive.get(), 0));
  for (zip_uint64_t i = 0; i < count; ++i) {
    std::string name = zip_get_name(archive.get(), i, ZIP_FL_ENC_GUESS);
    const std::string where = path + ": " + name;
    const std::string bytes = content(archive.get(), i, where);
    if (name.size() > kSuffix.size() &&
        name.compare(name.size() - kSuffix.size(), kSuffix.size(), kSuffix) == 0)
      name.resize(name.size() - kSuffix.size());
    try {
      tensors[name] = from_npy(bytes);
    } catch (const UserError& error) {
      user_error("{}: {}", where, error.what());
    }
  }
  return tensors;
}

}  // namespace systolith::cli
