#include "cli/bruit_command.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <utility>

namespace bruit::cli {
namespace {

std::filesystem::path new_folder() {
  std::string name = testing::TempDir() + "bruit-test-XXXXXX";
  if (::mkdtemp(name.data()) == nullptr) std::abort();
  return name;
}

Finished finish_child(maelstrom::Child& child) {
  Finished finished;
  finished.code = child.wait();
  finished.out = child.rest();
  finished.err = child.errors();
  return finished;
}

}  // namespace

TemporaryFolder::TemporaryFolder() : path_(new_folder()) {}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;  // what is left lies in the folder for temporary files
  std::filesystem::remove_all(path_, ignored);
}

Finished run_bruit(const std::vector<std::string>& words) {
  maelstrom::Child child("bruit", words);
  return finish_child(child);
}

BruitCommand::BruitCommand(const std::string& subcommand, const std::vector<std::string>& arguments)
    : started_(std::chrono::steady_clock::now()) {
  std::vector<std::string> words{subcommand, "--store", store_.path().string()};
  // A drawn seed may be one without a broadcast, or whatever else a test counts on.
  const bool has_load = subcommand == "test" || subcommand == "challenge";
  if (has_load && std::find(arguments.begin(), arguments.end(), "--seed") == arguments.end()) {
    words.insert(words.end(), {"--seed", "1"});
  }
  words.insert(words.end(), arguments.begin(), arguments.end());
  child_ = std::make_unique<maelstrom::Child>("bruit", words);
  child_->close_input();
}

Finished BruitCommand::finish() {
  Finished finished = finish_child(*child_);
  finished.took = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - started_);
  return finished;
}

std::string BruitCommand::file(const std::string& name) const {
  return read_file(run_folder() / name);
}

std::string bad_node(const std::string& name) {
  return std::string(BRUIT_TEST_DATA "/cli/bad_nodes/") + name + ".sh";
}

std::string program(const std::string& name) { return std::string(BRUIT_BIN_DIR "/") + name; }

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  EXPECT_TRUE(in.good()) << path << " cannot be read";
  return text.str();
}

bool runs(pid_t process) {
  std::ifstream file("/proc/" + std::to_string(process) + "/stat");
  std::string stat;
  if (!std::getline(file, stat)) return false;
  return stat.substr(stat.rfind(')') + 2, 1) != "Z";  // a zombie runs no more
}

}  // namespace bruit::cli
