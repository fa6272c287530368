#include "traces/format/files.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "hw/base/error.h"
#include "traces/format/binary_reader.h"
#include "traces/format/program_writer.h"
#include "traces/format/text_reader.h"

namespace systolith {
namespace {

class OwnedProgram final : public CommandSource {
 public:
  explicit OwnedProgram(Program program) : program_(std::move(program)), source_(program_) {}
  const ProgramHeader& header() const override { return source_.header(); }
  bool next(CoreId core, Command& command) override { return source_.next(core, command); }
  std::int64_t commands() const override { return source_.commands(); }

 private:
  Program program_;
  ProgramSource source_;
};

std::string text_of(std::ifstream& in, const std::string& path) {
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) user_error("cannot read '{}'", path);
  return std::move(text).str();
}

}  // namespace

std::unique_ptr<CommandSource> open_program(const std::string& path) {
  std::error_code none;
  if (std::filesystem::is_directory(path, none))
    user_error("cannot read '{}': it is a folder", path);
  std::ifstream in(path, std::ios::binary);
  if (!in) user_error("cannot read '{}': {}", path, std::strerror(errno));
  std::array<char, 8> beginning{};
  in.read(beginning.data(), beginning.size());
  if (in.gcount() == 0) user_error("{}: offset 0: the file is empty", path);
  if (looks_binary({beginning.data(), static_cast<std::size_t>(in.gcount())}))
    return open_binary_program(path);
  in.clear();
  in.seekg(0);
  return std::make_unique<OwnedProgram>(parse_text_program(text_of(in, path), path));
}

Program collect(CommandSource& source) {
  Program program;
  program.header = source.header();
  program.streams.resize(program.header.cores);
  Command command;
  for (std::size_t core = 0; core < program.streams.size(); ++core)
    while (source.next(static_cast<CoreId>(core), command))
      program.streams[core].push_back(command);
  return program;
}

Program read_program(const std::string& path) { return collect(*open_program(path)); }

void write_text_file(CommandSource& program, const std::string& path) {
  AtomicFile file(path);
  write_text(program, file.stream());
  file.commit();
}

void write_text_file(const Program& program, const std::string& path) {
  ProgramSource source(program);
  write_text_file(source, path);
}

void write_binary_file(CommandSource& program, const std::string& path) {
  ProgramWriter writer(path, program.header());
  Command command;
  for (std::size_t core = 0; core < program.header().cores; ++core)
    while (program.next(static_cast<CoreId>(core), command)) writer.append(command);
  writer.finish();
}

void write_binary_file(const Program& program, const std::string& path) {
  ProgramSource source(program);
  write_binary_file(source, path);
}

}  // namespace systolith
