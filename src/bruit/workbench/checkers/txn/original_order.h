// The order in which the original goes through its hash tables.
//
// Where a history contradicts itself, what Elle makes of it depends on what it meets first: of two
// different reads of equal length the later one counts as the order of versions. Elle keeps keys in
// Clojure's hash maps and the values of a key in sets of the library Bifurcan, so here is how both
// place small integers, strings and lists of them. Anything else is left in the order in which it
// came.
//
// Clojure: Murmur3 (clojure.lang.Murmur3), five bits a level, lowest first. Bifurcan 0.2: Java's
// hashCode, mixed; a node's own entries before those of its children.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "bruit/workbench/checkers/txn/atom.h"

namespace bruit::workbench::txn {

// Sorts keys as a Clojure hash map of more than eight of them is walked.
std::uint64_t clojure_position(const AtomTable& atoms, Atom key);

// Java's hashCode of a list.
std::uint32_t java_hash(const AtomTable& atoms, std::span<const Atom> list);

// The order in which a Bifurcan set is walked whose values have these hash codes: positions in
// `hashes`.
std::vector<std::size_t> bifurcan_order(std::span<const std::uint32_t> hashes);

}  // namespace bruit::workbench::txn
