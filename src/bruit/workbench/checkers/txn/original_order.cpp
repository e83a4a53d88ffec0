#include "bruit/workbench/checkers/txn/original_order.h"

#include <algorithm>
#include <bit>
#include <deque>
#include <string>
#include <variant>

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

// Java's hashCode of what histories are made of.
std::uint32_t java_hash_of(const AtomTable& atoms, Atom atom) {
  if (atom.is_nil()) return 0;
  if (atom.is_integer()) return atom.as_integer();
  const Edn edn = parse_edn(atoms.table_text(atom));
  if (const auto* string = edn.get_if<std::string>()) return java_hash_of_string(*string);
  if (const auto* integer = edn.get_if<std::int64_t>()) {
    const auto bits = static_cast<std::uint64_t>(*integer);
    return static_cast<std::uint32_t>(bits ^ bits >> 32U);
  }
  return 0;
}

}  // namespace

namespace {

// Of a collection from what its items have come to.
std::uint32_t murmur_of_collection(std::uint32_t hash, std::size_t count) {
  return murmur_end(murmur_round(0, hash), static_cast<std::uint32_t>(count));
}

std::uint32_t murmur_of_name(std::string_view name) {
  std::uint32_t hash = 0;
  std::size_t i = 0;
  const auto at = [&](std::size_t place) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(name[place]));
  };
  for (; i + 1 < name.size(); i += 2) hash = murmur_round(hash, at(i) | at(i + 1) << 16U);
  if (i < name.size()) hash ^= murmur_scramble(at(i));
  return murmur_end(hash, static_cast<std::uint32_t>(2 * name.size()));
}

// Of a symbol, whose namespace is what comes before a slash.
std::uint32_t hash_of_symbol(std::string_view text) {
  const std::size_t slash = text.size() > 1 ? text.find('/') : std::string_view::npos;
  const bool has_namespace = slash != std::string_view::npos && slash > 0;
  const std::uint32_t space = has_namespace ? java_hash_of_string(text.substr(0, slash)) : 0;
  const std::uint32_t name = murmur_of_name(has_namespace ? text.substr(slash + 1) : text);
  constexpr std::uint32_t golden = 0x9e3779b9U;
  // The shift to the right keeps the sign.
  const auto shifted = static_cast<std::uint32_t>(static_cast<std::int32_t>(name) >> 2);
  return name ^ (space + golden + (name << 6U) + shifted);
}

std::uint32_t hash_of_items(const std::vector<Edn>& items) {
  std::uint32_t hash = 1;
  for (const Edn& item : items) hash = 31 * hash + clojure_hash(item);
  return murmur_of_collection(hash, items.size());
}

std::uint32_t hash_of_entries(const EdnMap& map) {
  std::uint32_t hash = 0;
  for (const EdnEntry& entry : map.entries) {
    const std::uint32_t pair = 31 * (31 + clojure_hash(entry.key)) + clojure_hash(entry.value);
    hash += murmur_of_collection(pair, 2);
  }
  return murmur_of_collection(hash, map.entries.size());
}

struct Hasher {
  std::uint32_t operator()(const EdnNil&) const { return 0; }
  std::uint32_t operator()(bool value) const { return value ? 1231 : 1237; }
  std::uint32_t operator()(std::int64_t value) const { return murmur_of_long(value); }
  std::uint32_t operator()(double value) const {
    if (value == 0) return 0;
    const auto bits = std::bit_cast<std::uint64_t>(value);
    return static_cast<std::uint32_t>(bits ^ bits >> 32U);
  }
  std::uint32_t operator()(const std::string& value) const {
    return murmur_of_int(java_hash_of_string(value));
  }
  std::uint32_t operator()(const EdnSymbol& value) const { return hash_of_symbol(value.name); }
  std::uint32_t operator()(const EdnKeyword& value) const {
    return hash_of_symbol(value.name) + 0x9e3779b9U;
  }
  std::uint32_t operator()(const EdnList& value) const { return hash_of_items(value.items); }
  std::uint32_t operator()(const EdnVector& value) const { return hash_of_items(value.items); }
  std::uint32_t operator()(const EdnSet& value) const {
    std::uint32_t hash = 0;
    for (const Edn& item : value.items) hash += clojure_hash(item);
    return murmur_of_collection(hash, value.items.size());
  }
  std::uint32_t operator()(const EdnMap& value) const { return hash_of_entries(value); }
  std::uint32_t operator()(const EdnExactNumber&) const { return 0; }
  std::uint32_t operator()(const EdnCharacter&) const { return 0; }
  std::uint32_t operator()(const EdnTagged&) const { return 0; }
};

}  // namespace

std::uint32_t clojure_hash(const Edn& value) { return std::visit(Hasher{}, value.data()); }

std::uint32_t clojure_hash_of_op(const Edn& op) {
  const auto* const map = op.get_if<EdnMap>();
  return map == nullptr ? 0 : hash_of_symbol("jepsen.history.Op") ^ hash_of_entries(*map);
}

std::uint64_t clojure_position(std::uint32_t hash) {
  // The digits of the hash, the lowest first.
  std::uint64_t position = 0;
  for (unsigned shift = 0; shift < 35; shift += bits_a_level) {
    position = position << bits_a_level |
               (static_cast<std::uint64_t>(hash) >> shift & (places_a_level - 1));
  }
  return position;
}

std::uint64_t clojure_position(const AtomTable& atoms, Atom key) {
  if (key.is_integer()) return clojure_position(murmur_of_long(key.as_integer()));
  return clojure_position(clojure_hash(parse_edn(atoms.text(key))));
}

std::uint32_t java_hash(const AtomTable& atoms, std::span<const Atom> list) {
  std::uint32_t hash = 1;
  for (const Atom atom : list) hash = 31 * hash + java_hash_of(atoms, atom);
  return hash;
}

std::uint32_t op_hash(std::uint32_t index) { return murmur_of_long(index); }

std::vector<std::size_t> bifurcan_order(std::span<const std::uint32_t> hashes) {
  struct Hashed {
    std::uint32_t hash;
    std::uint32_t place;
  };
  std::vector<Hashed> values;
  values.reserve(hashes.size());
  for (std::uint32_t hash : hashes) {
    // It is widened to 64 bits with its sign, and its halves are put together again.
    if (hash >> 31U != 0) hash = ~hash;
    hash ^= (hash >> 20U) ^ (hash >> 12U);
    hash ^= (hash >> 7U) ^ (hash >> 4U);
    values.push_back({hash, static_cast<std::uint32_t>(values.size())});
  }
  // Nodes of the trie, as parts of `values`; those of one level after those of the level above.
  struct Node {
    std::size_t begin;
    std::size_t end;
    unsigned shift;
  };
  std::vector<std::size_t> order;
  order.reserve(hashes.size());
  std::deque<Node> nodes{{0, values.size(), 0}};
  for (; !nodes.empty(); nodes.pop_front()) {
    const Node node = nodes.front();
    const auto begin = values.begin() + static_cast<std::ptrdiff_t>(node.begin);
    const auto end = values.begin() + static_cast<std::ptrdiff_t>(node.end);
    const bool are_equal = node.shift >= 32;
    const auto digit = [&](const Hashed& value) {
      return value.hash >> node.shift & (places_a_level - 1);
    };
    if (!are_equal) {
      std::stable_sort(begin, end,
                       [&](const Hashed& a, const Hashed& b) { return digit(a) < digit(b); });
    }
    for (std::size_t i = node.begin; i < node.end;) {
      std::size_t j = i + 1;
      while (!are_equal && j < node.end && digit(values[i]) == digit(values[j])) ++j;
      if (j - i == 1) {
        order.push_back(values[i].place);
      } else {
        nodes.push_back({i, j, node.shift + bits_a_level});
      }
      i = j;
    }
  }
  return order;
}

}  // namespace bruit::workbench::txn
