// The JSON form of what `rounds` nodes say to each other, from the descriptions in
// core/strategies/rounds/messages.h.
//
// A message is an object: `type`, and its fields by name; those of its envelope, sync and standing
// lie beside the others. Smaller parts are arrays of their fields in order. What is absent is
// false, zero, none or empty. Times and durations are nanoseconds, nodes their positions in the
// member list. Entries come in runs of consecutive ones of one origin:
//
//     "entries": [[[node, incarnation], first sequence number, [V, V, ...]], ...]
//
// For example, n1's third value on its way to n0, which has acknowledged the other two:
//
//     {"type":"gather", "sender":71, "receiver":93, "times":[5000000,4000000,100000], "from":2,
//      "to":3, "entries":[[[1,71],2,["x"]]], "received":7, "path":[0,1], "word":[93,3000000]}
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "bruit/core/message.h"

namespace bruit::maelstrom {

// Append the members of a body, `type` included, without braces.
void append_members(const core::Gather& gather, std::string& out);
void append_members(const core::Scatter& scatter, std::string& out);
void append_members(const core::Hello& hello, std::string& out);
void append_members(const core::Push& push, std::string& out);
void append_members(const core::Seek& seek, std::string& out);

// The inverse, for each of these types. Throws RpcError(malformed_request) that names the field.
// What no type can say, core::validate() does, which the strategy calls.
core::Message decode_gather(const boost::json::object& body);
core::Message decode_scatter(const boost::json::object& body);
core::Message decode_hello(const boost::json::object& body);
core::Message decode_push(const boost::json::object& body);
core::Message decode_seek(const boost::json::object& body);

}  // namespace bruit::maelstrom
