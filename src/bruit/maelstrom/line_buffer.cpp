#include "bruit/maelstrom/line_buffer.h"

#include <algorithm>

namespace bruit::maelstrom {
namespace {

std::string_view without_carriage_return(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace

std::span<char> LineBuffer::prepare(std::size_t size) {
  if (begin_ == end_) {
    begin_ = scanned_ = end_ = 0;
    if (bytes_.size() > keep_) std::vector<char>().swap(bytes_);
  }
  if (bytes_.size() - end_ < size) {
    // Move the unfinished line to the front; grow if that is not enough.
    std::copy(bytes_.begin() + static_cast<std::ptrdiff_t>(begin_),
              bytes_.begin() + static_cast<std::ptrdiff_t>(end_), bytes_.begin());
    scanned_ -= begin_;
    end_ -= begin_;
    begin_ = 0;
    if (bytes_.size() - end_ < size) bytes_.resize(std::max(end_ + size, 2 * bytes_.size()));
  }
  return std::span(bytes_).subspan(end_);
}

std::optional<std::string_view> LineBuffer::next_line() {
  const char* data = bytes_.data();
  const void* found =
      end_ == scanned_ ? nullptr : std::memchr(data + scanned_, '\n', end_ - scanned_);
  if (found == nullptr) {
    scanned_ = end_;
    return std::nullopt;
  }
  const auto line_end = static_cast<std::size_t>(static_cast<const char*>(found) - data);
  const std::string_view line(data + begin_, line_end - begin_);
  begin_ = scanned_ = line_end + 1;
  return without_carriage_return(line);
}

std::optional<std::string_view> LineBuffer::take_rest() {
  if (begin_ == end_) return std::nullopt;
  const std::string_view line(bytes_.data() + begin_, end_ - begin_);
  begin_ = scanned_ = end_;
  return without_carriage_return(line);
}

}  // namespace bruit::maelstrom
