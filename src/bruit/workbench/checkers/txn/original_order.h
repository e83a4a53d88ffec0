// The order in which the original goes through its hash tables.
//
// Where a history contradicts itself, what Elle makes of it depends on what it meets first: of two
// different reads of equal length the later one counts as the order of versions, and which kinds of
// cycles it tells of depends on where it begins to look. Elle keeps keys in Clojure's hash maps, and
// the values of a key and the vertices of graphs in sets of the library Bifurcan, so here is how both
// place what histories are made of.
//
// Clojure: Murmur3 (clojure.lang.Murmur3), five bits a level, lowest first. Bifurcan 0.2: Java's
// hashCode, mixed; a node's own entries before those of its children. The recorded runs of the tests
// show cycles and orders that come out of this and of nothing else that was tried.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "bruit/workbench/history/atom.h"
#include "bruit/workbench/history/edn.h"

namespace bruit::workbench::txn {

// Clojure's hasheq of a value. Numbers that are neither small nor doubles count as 0.
std::uint32_t clojure_hash(const Edn& value);
// The same of an operation, given as its map: Jepsen has records of them.
std::uint32_t clojure_hash_of_op(const Edn& op);
// Where a value with this hash code comes when a Clojure hash table is walked.
std::uint64_t clojure_position(std::uint32_t hash);

// Sorts keys as a Clojure hash map of more than eight of them is walked.
std::uint64_t clojure_position(const AtomTable& atoms, Atom key);

// Java's hashCode of a list.
std::uint32_t java_hash(const AtomTable& atoms, std::span<const Atom> list);

// The hash code that Jepsen gives an operation: that of its :index.
std::uint32_t op_hash(std::uint32_t index);

// The order in which a Bifurcan set is walked whose values have these hash codes: positions in
// `hashes`.
std::vector<std::size_t> bifurcan_order(std::span<const std::uint32_t> hashes);

}  // namespace bruit::workbench::txn
