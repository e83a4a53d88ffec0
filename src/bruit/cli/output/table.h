// Table: columns of text, aligned.
#pragma once

#include <string>
#include <vector>

namespace bruit::cli {

class Table {
 public:
  explicit Table(std::vector<std::string> header) : rows_{std::move(header)} {}
  // As many cells as the header has.
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  // The header, a rule, and the rows, each line ending with a line break.
  std::string text() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace bruit::cli
