// Store: the folder where a run leaves its files, as Maelstrom lays it out.
//
//   store/<workload>/20261121T044930.123Z/   results.edn results.json history.edn history.txt
//                                            trace.jsonl node-logs/<node>.log
//   store/current                            -> the run that began last
//   store/latest, store/<workload>/latest    -> the run that finished last
//
// A file appears whole or not at all: it is written under a temporary name and renamed. A link is
// replaced the same way, so that at every moment it points to some run.
#pragma once

#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iosfwd>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "bruit/workbench/history/edn.h"
#include "bruit/workbench/history/history.h"

namespace bruit::workbench {

// A file, folder or link of the store that cannot be written. what() names it and says why.
class StoreError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// A file that is written little by little while the run goes on, through a large buffer. It has a
// temporary name until commit(); without that it vanishes with the object.
class StoreFile {
 public:
  // Throws StoreError if the file cannot be made.
  explicit StoreFile(const std::filesystem::path& path);
  ~StoreFile();
  StoreFile(const StoreFile&) = delete;
  StoreFile& operator=(const StoreFile&) = delete;

  // Whether a write failed, the stream knows; so does commit().
  std::ostream& stream() { return out_; }
  // Gives the file its name. Once, after the last write. Throws StoreError if any write failed.
  void commit();

 private:
  std::filesystem::path path_;
  std::filesystem::path temporary_;
  std::vector<char> buffer_;
  std::ofstream out_;
  bool committed_ = false;
};

// A file of a run that is there already, whole or not at all. Throws StoreError.
void write_whole_file(const std::filesystem::path& path, std::string_view content);

class Store {
 public:
  // Makes the folder of a run that began at `start` (UTC in its name, in milliseconds) and its
  // node-logs/, and points `current` to it. Each call gets a folder of its own: where the name is
  // taken, by another process too, the next free millisecond is used. `workload` must be usable as
  // a folder's name. Throws StoreError.
  static Store create(const std::filesystem::path& root, std::string_view workload,
                      std::chrono::system_clock::time_point start);

  // store/<workload>/<time>, below `root` as it was given.
  const std::filesystem::path& folder() const { return folder_; }
  // The file for a node's stderr: node-logs/<node>.log. Characters that cannot be in a file's name
  // become '_'.
  std::filesystem::path node_log(std::string_view node) const;

  // history.edn and history.txt.
  void write_history(const History& history) const;
  // results.edn and results.json.
  void write_results(const Edn& results) const;
  // Any other file of the run: `write` is given the stream. `name` is a plain file name.
  void write_file(std::string_view name, const std::function<void(std::ostream&)>& write) const;
  void write_file(std::string_view name, std::string_view content) const;
  // The same for a file that grows during the run. Throws StoreError if it cannot be made.
  std::unique_ptr<StoreFile> open_file(std::string_view name) const;

  // Points `latest` (both) to this run. Maelstrom does so once the history is written.
  void mark_latest() const;

 private:
  Store(std::filesystem::path root, std::string workload, std::filesystem::path folder);

  std::filesystem::path root_;
  std::string workload_;
  std::filesystem::path folder_;
};

// "20261121T044930.123Z": UTC, as Jepsen names the folder of a run.
std::string store_timestamp(std::chrono::system_clock::time_point time);

}  // namespace bruit::workbench
