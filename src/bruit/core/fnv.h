// FNV-1a: a quick hash of bytes (http://www.isthe.com/chongo/tech/comp/fnv). Not against people who
// choose their bytes.
#pragma once

#include <cstdint>
#include <string_view>

namespace bruit::core {

inline constexpr std::uint64_t fnv1a_basis = 0xcbf29ce484222325;

// The hash of what was hashed before (`hash`) with `bytes` behind it.
constexpr std::uint64_t fnv1a(std::string_view bytes, std::uint64_t hash = fnv1a_basis) noexcept {
  for (const char byte : bytes) {
    hash ^= static_cast<unsigned char>(byte);
    hash *= 0x100000001b3;
  }
  return hash;
}

}  // namespace bruit::core
