#include "bruit/workbench/history/compressed_input.h"

#include <zlib.h>

#include <cerrno>
#include <filesystem>
#include <streambuf>
#include <system_error>
#include <vector>

namespace bruit::workbench {
namespace {

std::string reason(int error) { return std::generic_category().message(error); }

// zlib's own reading passes plain files through.
class ZlibBuffer final : public std::streambuf {
 public:
  explicit ZlibBuffer(const std::string& path) : buffer_(std::size_t{1} << 18U) {
    errno = 0;
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored)) {
      throw InputError("cannot be read: " + reason(EISDIR));
    }
    file_ = gzopen(path.c_str(), "rb");
    if (file_ == nullptr) {
      throw InputError("cannot open: " + reason(errno == 0 ? ENOMEM : errno));
    }
    gzbuffer(file_, 1U << 17U);
  }
  ~ZlibBuffer() override { gzclose(file_); }
  ZlibBuffer(const ZlibBuffer&) = delete;
  ZlibBuffer& operator=(const ZlibBuffer&) = delete;

 protected:
  int_type underflow() override {
    const std::size_t count = fill(buffer_.data(), buffer_.size());
    setg(buffer_.data(), buffer_.data(), buffer_.data() + count);
    return count == 0 ? traits_type::eof() : traits_type::to_int_type(buffer_.front());
  }

  // Large reads go past the buffer.
  std::streamsize xsgetn(char* to, std::streamsize wanted) override {
    const auto size = static_cast<std::size_t>(wanted);
    std::size_t done = 0;
    while (done < size) {
      const auto held = static_cast<std::size_t>(egptr() - gptr());
      if (held > 0) {
        const std::size_t taken = std::min(held, size - done);
        traits_type::copy(to + done, gptr(), taken);
        gbump(static_cast<int>(taken));
        done += taken;
        continue;
      }
      const std::size_t count = fill(to + done, size - done);
      if (count == 0) break;
      done += count;
    }
    return static_cast<std::streamsize>(done);
  }

 private:
  std::size_t fill(char* to, std::size_t size) {
    constexpr std::size_t most = std::size_t{1} << 30U;
    const int count = gzread(file_, to, static_cast<unsigned>(std::min(size, most)));
    int error = Z_OK;
    const char* const message = gzerror(file_, &error);
    // A file that ends too early is told of only after what there is has been read.
    if (count < 0 || (count == 0 && error == Z_BUF_ERROR)) {
      if (error == Z_ERRNO) throw InputError("cannot read on: " + reason(errno));
      if (error == Z_BUF_ERROR) throw InputError("the gzip data end too early");
      throw InputError(std::string("the gzip data are damaged: ") + message);
    }
    return static_cast<std::size_t>(count);
  }

  gzFile file_ = nullptr;
  std::vector<char> buffer_;
};

// An istream that owns its buffer, and lets the buffer's exceptions through.
class ZlibStream final : public std::istream {
 public:
  explicit ZlibStream(const std::string& path) : std::istream(nullptr), own_(path) {
    rdbuf(&own_);
    exceptions(std::ios::badbit);
  }

 private:
  ZlibBuffer own_;
};

}  // namespace

std::unique_ptr<std::istream> open_input(const std::string& path) {
  return std::make_unique<ZlibStream>(path);
}

}  // namespace bruit::workbench
