// Which relation a step between two transactions counts as, of several that they have.
#pragma once

#include <array>

#include "bruit/workbench/checkers/txn/dependency_graph.h"

namespace bruit::workbench::txn {

// The first of these that there is: data before time.
using RelationOrder = std::array<Relation, 5>;
inline constexpr RelationOrder list_append_order = {Relation::ww, Relation::wr, Relation::rw,
                                                    Relation::realtime, Relation::process};
inline constexpr RelationOrder rw_register_order = {Relation::wr, Relation::ww, Relation::rw,
                                                    Relation::realtime, Relation::process};

// Throws std::logic_error if there is none.
Relation first_relation(RelationBits relations, const RelationOrder& order);

}  // namespace bruit::workbench::txn
