#include "bruit/core/value.h"

#include <cstring>
#include <limits>
#include <new>

#include "bruit/core/check.h"
#include "bruit/core/fnv.h"

namespace bruit::core {

Value::Value(std::string_view bytes) {
  BRUIT_CHECK(bytes.size() <= std::numeric_limits<std::uint32_t>::max());
  void* memory = ::operator new(sizeof(Block) + bytes.size());
  block_ = new (memory) Block{
      .hash = fnv1a(bytes), .references = 1, .size = static_cast<std::uint32_t>(bytes.size())};
  if (!bytes.empty()) std::memcpy(block_ + 1, bytes.data(), bytes.size());
}

void Value::destroy(Block* block) noexcept { ::operator delete(block); }

}  // namespace bruit::core
