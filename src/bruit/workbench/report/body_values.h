// Body values: which broadcast values a message between nodes carries, whoever wrote the node.
//
// Maelstrom prescribes only what clients and nodes say to each other; nodes talk among themselves
// as they like. By custom the values are in a field that is called so: "message", "values",
// "delta". That is what is looked for here, so the answer is a good guess and no more.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <vector>

namespace bruit::workbench::report {

// Appends what may be values in `body`: in a field named value(s), message(s), msgs, element(s),
// item(s), entries, delta(s), gossip, batch, data, payload or seen, the field itself or, of arrays
// and objects, what they hold. The runs of the strategy `rounds` in "entries"
// ([[node, incarnation], sequence, [V, ...]], rounds_codec.h) give their values only. In the order
// of the body; linear in it. The pointers are good as long as `body` is.
void collect_values(const boost::json::object& body,
                    std::vector<const boost::json::value*>& values);

}  // namespace bruit::workbench::report
