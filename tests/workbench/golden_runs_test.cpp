#include "workbench/golden_runs.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <set>
#include <stdexcept>

namespace bruit::workbench::golden {

std::string read(std::string_view run, std::string_view file) {
  const std::string path = std::string(BRUIT_TEST_DATA) + "/workbench/golden/" + std::string(run) +
                           "/" + std::string(file) + ".gz";
  const std::unique_ptr<gzFile_s, int (*)(gzFile)> input(gzopen(path.c_str(), "rb"), gzclose);
  if (input == nullptr) throw std::runtime_error("cannot open " + path);
  std::string text;
  std::array<char, 65536> buffer{};
  int count = 0;
  while ((count = gzread(input.get(), buffer.data(), buffer.size())) > 0) {
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
  if (count < 0) throw std::runtime_error("cannot unpack " + path);
  return text;
}

std::string test_name(std::string_view run) {
  std::string name(run);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

TEST(GoldenRuns, AreAllNamedInTheList) {
  std::set<std::string> folders;
  for (const auto& entry :
       std::filesystem::directory_iterator(BRUIT_TEST_DATA "/workbench/golden")) {
    folders.insert(entry.path().filename().string());
  }
  EXPECT_EQ(folders, std::set<std::string>(runs.begin(), runs.end()));
}

}  // namespace bruit::workbench::golden
