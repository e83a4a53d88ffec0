#include "bruit/workbench/checkers/txn/original_order.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <deque>
#include <optional>
#include <string>

#include "bruit/workbench/edn.h"

namespace bruit::workbench::txn {
namespace {

constexpr unsigned bits_a_level = 5;
constexpr std::uint32_t places_a_level = 1U << bits_a_level;

std::uint32_t murmur_scramble(std::uint32_t block) {
  return std::rotl(block * 0xcc9e2d51U, 15) * 0x1b873593U;
}

std::uint32_t murmur_round(std::uint32_t hash, std::uint32_t block) {
  return std::rotl(hash ^ murmur_scramble(block), 13) * 5 + 0xe6546b64U;
}

std::uint32_t murmur_end(std::uint32_t hash, std::uint32_t length) {
  hash ^= length;
  hash ^= hash >> 16U;
  hash *= 0x85ebca6bU;
  hash ^= hash >> 13U;
  hash *= 0xc2b2ae35U;
  hash ^= hash >> 16U;
  return hash;
}

std::uint32_t murmur_of_long(std::int64_t value) {
  if (value == 0) return 0;
  const auto bits = static_cast<std::uint64_t>(value);
  std::uint32_t hash = murmur_round(0, static_cast<std::uint32_t>(bits));
  hash = murmur_round(hash, static_cast<std::uint32_t>(bits >> 32U));
  return murmur_end(hash, 8);
}

std::uint32_t murmur_of_int(std::uint32_t value) {
  return value == 0 ? 0 : murmur_end(murmur_round(0, value), 4);
}

// String.hashCode(), over UTF-16.
std::uint32_t java_hash_of_string(std::string_view utf8) {
  std::uint32_t hash = 0;
  for (std::size_t i = 0; i < utf8.size();) {
    const auto lead = static_cast<unsigned char>(utf8[i]);
    const std::size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    std::uint32_t code = length == 1 ? lead : lead & (0xffU >> (length + 1));
    for (std::size_t j = 1; j < length && i + j < utf8.size(); ++j) {
      code = code << 6U | (static_cast<unsigned char>(utf8[i + j]) & 0x3fU);
    }
    i += length;
    if (code >= 0x10000) {
      hash = 31 * hash + (0xd800 + ((code - 0x10000) >> 10U));
      hash = 31 * hash + (0xdc00 + ((code - 0x10000) & 0x3ffU));
    } else {
      hash = 31 * hash + code;
    }
  }
  return hash;
}

// An atom as far as its hashes are known here.
struct Known {
  std::optional<std::int64_t> integer;
  std::optional<std::string> string;
};

Known known(const AtomTable& atoms, Atom atom) {
  if (atom.is_nil()) return {};
  if (atom.is_integer()) return {.integer = atom.as_integer(), .string = {}};
  const std::string_view text = atoms.table_text(atom);
  if (text.starts_with('"')) {
    const Edn edn = parse_edn(text);
    if (const auto* string = edn.get_if<std::string>()) return {.integer = {}, .string = *string};
    return {};
  }
  std::int64_t integer = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), integer);
  if (error != std::errc() || rest != text.data() + text.size()) return {};
  return {.integer = integer, .string = {}};
}

std::uint32_t java_hash_of(const AtomTable& atoms, Atom atom) {
  const Known value = known(atoms, atom);
  if (value.string) return java_hash_of_string(*value.string);
  const auto bits = static_cast<std::uint64_t>(value.integer.value_or(0));
  return static_cast<std::uint32_t>(bits ^ bits >> 32U);
}

}  // namespace

std::uint64_t clojure_position(const AtomTable& atoms, Atom key) {
  const Known value = known(atoms, key);
  const std::uint32_t hash = value.string ? murmur_of_int(java_hash_of_string(*value.string))
                                          : murmur_of_long(value.integer.value_or(0));
  // The digits of the hash, the lowest first.
  std::uint64_t position = 0;
  for (unsigned shift = 0; shift < 35; shift += bits_a_level) {
    position = position << bits_a_level |
               (static_cast<std::uint64_t>(hash) >> shift & (places_a_level - 1));
  }
  return position;
}

std::uint32_t java_hash(const AtomTable& atoms, std::span<const Atom> list) {
  std::uint32_t hash = 1;
  for (const Atom atom : list) hash = 31 * hash + java_hash_of(atoms, atom);
  return hash;
}

std::vector<std::size_t> bifurcan_order(std::span<const std::uint32_t> hashes) {
  std::vector<std::uint32_t> mixed;
  for (std::uint32_t hash : hashes) {
    // It is widened to 64 bits with its sign, and its halves are put together again.
    if (hash >> 31U != 0) hash = ~hash;
    hash ^= (hash >> 20U) ^ (hash >> 12U);
    hash ^= (hash >> 7U) ^ (hash >> 4U);
    mixed.push_back(hash);
  }
  struct Node {
    std::vector<std::size_t> values;
    unsigned shift;
  };
  std::vector<std::size_t> order;
  Node root{{}, 0};
  for (std::size_t i = 0; i < hashes.size(); ++i) root.values.push_back(i);
  std::deque<Node> nodes{std::move(root)};
  while (!nodes.empty()) {
    const Node node = std::move(nodes.front());
    nodes.pop_front();
    if (node.shift >= 32) {  // equal hash codes
      order.insert(order.end(), node.values.begin(), node.values.end());
      continue;
    }
    std::array<std::vector<std::size_t>, places_a_level> places;
    for (const std::size_t value : node.values) {
      places[mixed[value] >> node.shift & (places_a_level - 1)].push_back(value);
    }
    for (const auto& values : places) {
      if (values.size() == 1) order.push_back(values.front());
    }
    for (auto place = places.rbegin(); place != places.rend(); ++place) {
      if (place->size() > 1) nodes.push_back({std::move(*place), node.shift + bits_a_level});
    }
  }
  return order;
}

}  // namespace bruit::workbench::txn
