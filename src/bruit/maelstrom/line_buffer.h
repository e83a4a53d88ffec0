// LineBuffer: bytes in, in pieces of any size; whole lines out.
//
// A line may have any length; the buffer grows to hold the longest one and gives a large block back
// when it is empty again. Each byte is looked at once, however small the pieces are.
#pragma once

#include <cstddef>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace bruit::maelstrom {

class LineBuffer {
 public:
  // Room for at least `size` more bytes. Write into the front of it and call commit(). Views that
  // next_line() returned are no longer valid.
  std::span<char> prepare(std::size_t size);
  // `size` bytes of the prepared room have been written.
  void commit(std::size_t size) { end_ += size; }

  // The next whole line, without its "\n" (and without a "\r" before it); nothing if there is none.
  // Valid until prepare() or take_rest().
  std::optional<std::string_view> next_line();

  // At the end of input: the last line, which has no line break; nothing if the input ended with
  // one.
  std::optional<std::string_view> take_rest();

 private:
  static constexpr std::size_t keep_ = 256 * 1024;  // an empty buffer larger than this is freed

  std::vector<char> bytes_;
  std::size_t begin_ = 0;    // first byte not yet returned
  std::size_t scanned_ = 0;  // no line break in [begin_, scanned_)
  std::size_t end_ = 0;      // behind the last byte written
};

}  // namespace bruit::maelstrom
