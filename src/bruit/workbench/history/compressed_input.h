// Files that may be compressed: plain ones and gzip (RFC 1952) read alike.
#pragma once

#include <istream>
#include <memory>
#include <stdexcept>
#include <string>

namespace bruit::workbench {

// A file that cannot be opened, or that ends or is damaged within its compressed data. what() says
// why, without the file's name.
class InputError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The unpacked content of the file. Throws InputError here and, from the stream's operations, where
// the compressed data turn out to be damaged.
std::unique_ptr<std::istream> open_input(const std::string& path);

}  // namespace bruit::workbench
