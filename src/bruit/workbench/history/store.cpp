#include "bruit/workbench/history/store.h"

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <fstream>
#include <ostream>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "bruit/workbench/history/history_io.h"
#include "bruit/workbench/history/results_text.h"

namespace bruit::workbench {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

[[noreturn]] void fail(std::string_view doing, const fs::path& what, std::string_view why) {
  throw StoreError(fmt::format("cannot {} {}: {}", doing, what.string(), why));
}

// A name for what is not complete yet, beside `path`: hidden, and no other run uses the same.
fs::path temporary_name(const fs::path& path, std::string_view run) {
  return path.parent_path() / fmt::format(".{}.{}.tmp", path.filename().string(), run);
}

void rename_over(const fs::path& temporary, const fs::path& path, std::string_view doing) {
  std::error_code error;
  fs::rename(temporary, path, error);
  if (!error) return;
  std::error_code ignored;  // the error to report is the one above
  fs::remove(temporary, ignored);
  fail(doing, path, error.message());
}

// Points `link` to `target`, a run's folder relative to the link's.
void replace_link(const fs::path& link, const fs::path& target) {
  const fs::path temporary = temporary_name(link, target.filename().string());
  std::error_code error;
  fs::create_directory_symlink(target, temporary, error);
  if (error) fail("make the link", link, error.message());
  rename_over(temporary, link, "make the link");
}

void make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) fail("make the folder", folder, error.message());
}

bool is_plain_name(std::string_view name) {
  return !name.empty() && name != "." && name != ".." &&
         name.find_first_of(std::string_view("/\0", 2)) == std::string_view::npos;
}

}  // namespace

std::string store_timestamp(std::chrono::system_clock::time_point time) {
  const auto since_epoch = std::chrono::floor<milliseconds>(time.time_since_epoch());
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since_epoch);
  const auto clock = static_cast<std::time_t>(seconds.count());
  std::tm utc{};
  ::gmtime_r(&clock, &utc);
  return fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}.{:03}Z", utc.tm_year + 1900, utc.tm_mon + 1,
                     utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec,
                     (since_epoch - seconds).count());
}

Store::Store(fs::path root, std::string workload, fs::path folder)
    : root_(std::move(root)), workload_(std::move(workload)), folder_(std::move(folder)) {}

Store Store::create(const fs::path& root, std::string_view workload,
                    std::chrono::system_clock::time_point start) {
  if (!is_plain_name(workload)) {
    fail("make the folder", root / workload, "expected a plain name for the workload");
  }
  const fs::path runs = root / workload;
  make_folder(runs);
  // Making the run's folder succeeds for one process only, which is what keeps runs apart.
  fs::path folder;
  while (true) {
    folder = runs / store_timestamp(start);
    std::error_code error;
    const bool made = fs::create_directory(folder, error);
    if (made) break;
    // An existing folder is no error, an existing file is.
    if (error && error != std::errc::file_exists) {
      fail("make the folder", folder, error.message());
    }
    start += milliseconds(1);
  }
  make_folder(folder / "node-logs");
  Store store(root, std::string(workload), std::move(folder));
  replace_link(root / "current", fs::path(workload) / store.folder_.filename());
  return store;
}

fs::path Store::node_log(std::string_view node) const {
  std::string name(node);
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == '/' || c == '\0'; }, '_');
  return folder_ / "node-logs" / (name + ".log");
}

StoreFile::StoreFile(const fs::path& path)
    : path_(path),
      temporary_(temporary_name(path, path.parent_path().filename().string())),
      buffer_(1 << 18) {
  out_.rdbuf()->pubsetbuf(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
  errno = 0;
  out_.open(temporary_, std::ios::binary | std::ios::trunc);
  if (!out_) fail("write", path_, std::generic_category().message(errno));
}

StoreFile::~StoreFile() {
  if (committed_) return;
  out_.close();
  std::error_code ignored;  // whatever kept it from being committed is what is reported
  fs::remove(temporary_, ignored);
}

void write_whole_file(const fs::path& path, std::string_view content) {
  StoreFile file(path);
  file.stream().write(content.data(), static_cast<std::streamsize>(content.size()));
  file.commit();
}

void StoreFile::commit() {
  const bool failed_before = !out_;
  errno = 0;
  out_.close();
  if (failed_before) fail("write", path_, "a write failed; is the disk full?");
  if (!out_) fail("write", path_, std::generic_category().message(errno));
  rename_over(temporary_, path_, "write");
  committed_ = true;
}

std::unique_ptr<StoreFile> Store::open_file(std::string_view name) const {
  const fs::path path = folder_ / name;
  if (!is_plain_name(name)) fail("write", path, "expected a plain file name");
  return std::make_unique<StoreFile>(path);
}

void Store::write_file(std::string_view name,
                       const std::function<void(std::ostream&)>& write) const {
  const auto file = open_file(name);
  write(file->stream());
  file->commit();
}

void Store::write_file(std::string_view name, std::string_view content) const {
  write_file(name, [&](std::ostream& out) {
    out.write(content.data(), static_cast<std::streamsize>(content.size()));
  });
}

void Store::write_history(const History& history) const {
  write_file("history.edn", [&](std::ostream& out) { write_history_edn(out, history); });
  write_file("history.txt", [&](std::ostream& out) { write_history_txt(out, history); });
}

void Store::write_results(const Edn& results) const {
  write_file("results.edn", results_edn(results));
  write_file("results.json", results_json(results));
}

void Store::mark_latest() const {
  replace_link(root_ / workload_ / "latest", folder_.filename());
  replace_link(root_ / "latest", fs::path(workload_) / folder_.filename());
}

}  // namespace bruit::workbench
