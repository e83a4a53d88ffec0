#include "bruit/workbench/checkers/txn/relation_order.h"

#include <stdexcept>

namespace bruit::workbench::txn {

Relation first_relation(RelationBits relations, const RelationOrder& order) {
  for (const Relation relation : order) {
    if ((relations & bit(relation)) != 0) return relation;
  }
  throw std::logic_error("an edge without a relation");
}

}  // namespace bruit::workbench::txn
