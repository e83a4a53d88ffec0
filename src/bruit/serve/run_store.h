// RunStore: the runs of a store, for reading. store.h in the workbench is how they came there.
//
// Nothing outside the store can be reached through it: names with a separator, "." and ".." are
// refused, and so is a link that leads out of the store.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bruit::serve {

struct RunName {
  std::string workload;
  std::string time;
};

class RunStore {
 public:
  // Guess: more than anybody looks through.
  static constexpr std::size_t runs_max = 1000;

  explicit RunStore(std::filesystem::path root) : root_(std::move(root)) {}

  const std::filesystem::path& root() const { return root_; }
  // Newest first, at most runs_max. Empty if there is no store yet.
  std::vector<RunName> runs() const;
  // The files of a run, by their path inside its folder, in order. Nothing if there is no such run.
  struct File {
    std::string name;  // "results.edn", "node-logs/n0.log"
    std::uint64_t size = 0;
  };
  std::optional<std::vector<File>> files(const RunName& run) const;
  // Where the file is. Nothing if the run has none of this name.
  std::optional<std::filesystem::path> file(const RunName& run,
                                            const std::vector<std::string>& name) const;

 private:
  std::optional<std::filesystem::path> inside(const std::vector<std::string>& parts) const;

  std::filesystem::path root_;
};

}  // namespace bruit::serve
