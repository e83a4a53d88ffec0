#include "bruit/serve/run_store.h"

#include <algorithm>
#include <system_error>

namespace bruit::serve {
namespace {

namespace fs = std::filesystem;

// Calls `take` for each entry; stops, without a word, where the folder cannot be read.
template <typename Take>
void for_each_entry(const fs::path& folder, Take take) {
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    take(*entry);
  }
}

// "20261121T044930.123Z", and not a link or somebody's notes.
bool is_time(std::string_view name) {
  return name.size() >= 16 && name[8] == 'T' && name.back() == 'Z' &&
         std::all_of(name.begin(), name.begin() + 8, [](char c) { return c >= '0' && c <= '9'; });
}

bool is_real_folder(const fs::directory_entry& entry) {
  std::error_code error;
  return !entry.is_symlink(error) && entry.is_directory(error);
}

bool is_plain_name(const std::string& name) {
  return !name.empty() && name != "." && name != ".." &&
         name.find_first_of(std::string_view("/\\\0", 3)) == std::string::npos;
}

}  // namespace

std::vector<RunName> RunStore::runs() const {
  std::vector<RunName> found;
  for_each_entry(root_, [&](const fs::directory_entry& workload) {
    if (!is_real_folder(workload)) return;
    for_each_entry(workload.path(), [&](const fs::directory_entry& run) {
      std::string time = run.path().filename().string();
      if (is_real_folder(run) && is_time(time)) {
        found.push_back({workload.path().filename().string(), std::move(time)});
      }
    });
  });
  std::sort(found.begin(), found.end(), [](const RunName& a, const RunName& b) {
    return a.time != b.time ? a.time > b.time : a.workload < b.workload;
  });
  if (found.size() > runs_max) found.resize(runs_max);
  return found;
}

std::optional<fs::path> RunStore::inside(const std::vector<std::string>& parts) const {
  fs::path path = root_;
  for (const auto& part : parts) {
    if (!is_plain_name(part)) return std::nullopt;
    path /= part;
  }
  std::error_code error;
  const fs::path root = fs::canonical(root_, error);
  if (error) return std::nullopt;
  fs::path real = fs::canonical(path, error);
  if (error) return std::nullopt;
  const auto [root_end, ignored] =
      std::mismatch(root.begin(), root.end(), real.begin(), real.end());
  if (root_end != root.end()) return std::nullopt;
  return real;
}

std::optional<std::vector<RunStore::File>> RunStore::files(const RunName& run) const {
  const auto folder = inside({run.workload, run.time});
  std::error_code error;
  if (!folder || !fs::is_directory(*folder, error)) return std::nullopt;
  std::vector<File> found;
  const auto add = [&](const fs::directory_entry& entry, const std::string& prefix) {
    std::error_code failed;
    if (!entry.is_regular_file(failed)) return;
    const auto size = entry.file_size(failed);
    found.push_back({prefix + entry.path().filename().string(), failed ? 0 : size});
  };
  for_each_entry(*folder, [&](const fs::directory_entry& entry) { add(entry, ""); });
  for_each_entry(*folder / "node-logs",
                 [&](const fs::directory_entry& entry) { add(entry, "node-logs/"); });
  std::sort(found.begin(), found.end(),
            [](const File& a, const File& b) { return a.name < b.name; });
  return found;
}

std::optional<fs::path> RunStore::file(const RunName& run,
                                       const std::vector<std::string>& name) const {
  std::vector<std::string> parts{run.workload, run.time};
  parts.insert(parts.end(), name.begin(), name.end());
  if (name.empty()) return std::nullopt;
  auto path = inside(parts);
  std::error_code error;
  if (!path || !fs::is_regular_file(*path, error)) return std::nullopt;
  return path;
}

}  // namespace bruit::serve
