// What a cycle of some kind must look like.
#pragma once

#include <cstdint>

#include "bruit/workbench/checkers/txn/dependency_graph.h"

namespace bruit::workbench::txn {

struct CycleShape {
  enum class Rw : std::uint8_t { none, one, nonadjacent, many };
  RelationBits free;      // edges that may be taken at will
  RelationBits required;  // of these relations, each must be there
  Rw rw = Rw::none;       // anti-dependencies: none, exactly one, two or more (not in succession)
};

}  // namespace bruit::workbench::txn
