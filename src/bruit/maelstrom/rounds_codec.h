// The JSON form of the messages of the strategy `rounds` (core/message.h). Times are nanoseconds.
//
//     {"type":"gather", SYNC, "age":N, "late":N, "attach":true}
//     {"type":"scatter", SYNC, "phase":[collect_in,scatter_in,period], "attached":N}
//     {"type":"push", "entries":ENTRIES, "times":TIMES}
//     {"type":"probe", "root":N, "times":TIMES}
//     {"type":"probe_reply", "path":PATH, "word":WORD, "has":POSITION, "digest":DIGEST,
//      "times":TIMES}
//     {"type":"seek", "nodes":[N, ...], "hops":N, "times":TIMES}
//
//     SYNC      "log":[incarnation, from, to], "entries":ENTRIES, "has":POSITION, "gap":true,
//               "awaited":true, "digest":DIGEST, "path":PATH, "word":WORD, "times":TIMES
//     PATH      [root, ..., sender]
//     WORD      [incarnation of the root, time]
//     POSITION  [incarnation, position]
//     ENTRIES   [[node, incarnation, first sequence number, [V,V,...]], ...], for each run of
//               consecutive ones
//     DIGEST    [[node, incarnation, next], ...], each followed by first, end of what is held
//               beyond a gap, if anything is
//     TIMES     [sent_at] or [sent_at, echo, held]
//
// What is absent is false, none or empty.
#pragma once

#include <boost/json/object.hpp>
#include <string>

#include "bruit/core/message.h"

namespace bruit::maelstrom {

// Append the members of a body, `type` included, without braces.
void append_members(const core::Gather& gather, std::string& out);
void append_members(const core::Scatter& scatter, std::string& out);
void append_members(const core::Push& push, std::string& out);
void append_members(const core::Probe& probe, std::string& out);
void append_members(const core::ProbeReply& reply, std::string& out);
void append_members(const core::Seek& seek, std::string& out);

// The inverse. Each throws RpcError(malformed_request) that names the field.
core::Message decode_gather(const boost::json::object& body);
core::Message decode_scatter(const boost::json::object& body);
core::Message decode_push(const boost::json::object& body);
core::Message decode_probe(const boost::json::object& body);
core::Message decode_probe_reply(const boost::json::object& body);
core::Message decode_seek(const boost::json::object& body);

}  // namespace bruit::maelstrom
