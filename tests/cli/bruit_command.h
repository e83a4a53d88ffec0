// `bruit` as people start it, for tests: with a store of its own that vanishes with the object.
#pragma once

#include <sys/types.h>

#include <boost/json.hpp>
#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "maelstrom/child.h"

namespace bruit::cli {

// A folder for one test, removed at its end.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// What a finished command left.
struct Finished {
  int code = 0;  // exit code, or 256 plus a signal
  std::string out;
  std::string err;
  std::chrono::milliseconds took{};
};

// Runs `bruit WORDS...` to its end.
Finished run_bruit(const std::vector<std::string>& words);

class BruitCommand {
 public:
  // Starts `bruit SUBCOMMAND --store <folder> ARGUMENTS...`. A run has seed 1 unless they give one.
  BruitCommand(const std::string& subcommand, const std::vector<std::string>& arguments);

  // Waits for its end.
  Finished finish();
  void signal(int number) const { child_->signal(number); }

  // The folder of the run that began last; the files in it.
  std::filesystem::path run_folder() const { return store_.path() / "current"; }
  std::string file(const std::string& name) const;
  boost::json::value results() const { return boost::json::parse(file("results.json")); }
  const std::filesystem::path& store() const { return store_.path(); }

 private:
  TemporaryFolder store_;
  std::chrono::steady_clock::time_point started_;
  std::unique_ptr<maelstrom::Child> child_;
};

// tests/cli/bad_nodes/NAME.sh
std::string bad_node(const std::string& name);
// A program of the build.
std::string program(const std::string& name);

// The process exists and is no zombie.
bool runs(pid_t process);

// The text of a file; a test failure if it cannot be read.
std::string read_file(const std::filesystem::path& path);

}  // namespace bruit::cli
