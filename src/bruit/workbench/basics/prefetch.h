// Prefetching: asks the processor to fetch memory that will be needed soon, and changes nothing
// else.
//
// In a cluster of very many nodes each event is about one that has long left the caches. The
// engine knows which nodes are next (EventQueue::ahead), and has their memory fetched in two steps:
// first what they are kept in, and when that is there, what it points to.
#pragma once

#include <cstddef>
#include <cstdint>

namespace bruit::workbench {

enum class PrefetchStep : std::uint8_t { far, near };

inline void prefetch(const void* memory, std::size_t bytes) {
#if defined(__GNUC__)
  constexpr std::size_t cache_line = 64;
  const char* begin = static_cast<const char*>(memory);
  for (std::size_t offset = 0; offset < bytes; offset += cache_line) {
    __builtin_prefetch(begin + offset);
  }
  __builtin_prefetch(begin + bytes - 1);
#else
  static_cast<void>(memory);
  static_cast<void>(bytes);
#endif
}

}  // namespace bruit::workbench
