// Host: where the nodes live. The engine hands it packets for nodes; it hands the engine what nodes
// send.
//
// Two hosts exist: in_process_host.h (strategies as objects, for virtual time) and process_host.h
// (child processes on pipes, for real time). Network, nemesis, clients and history do not know
// which one it is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "bruit/workbench/basics/prefetch.h"
#include "bruit/workbench/network/lapse.h"
#include "bruit/workbench/network/packet.h"

namespace bruit::workbench {

// What a host may ask of the engine.
class HostContext {
 public:
  virtual ~HostContext() = default;
  // A node sends a packet. `source` is the node, unless it has put another's name on it.
  virtual void send(Endpoint source, Endpoint destination, Payload payload, Time now) = 0;
  // Host::tick(node) is wanted at `when`. Cannot be taken back.
  virtual void request_tick(std::uint32_t node, Time when) = 0;
  // The value with this text became visible to clients of `node`. Returns its number.
  virtual ElementId visible(std::uint32_t node, std::string_view text, Time now) = 0;
  // The text of a value, as clients send it.
  virtual std::string_view text_of(ElementId element) const = 0;
  // The node did something that is not as it should be. `what` is for people.
  virtual void lapse(std::uint32_t /*node*/, Lapse, std::string_view /*what*/, Time /*now*/) {}
  // Something that the node (nothing: one of the nodes) had started runs still at the end of the
  // test. `what` is for people.
  virtual void left_behind(std::optional<std::uint32_t> /*node*/, std::string_view /*what*/) {}
};

class Host {
 public:
  virtual ~Host() = default;
  virtual void deliver(std::uint32_t node, Packet&& packet, Time now) = 0;
  virtual void tick(std::uint32_t node, Time now) = 0;
  // One of both will come soon.
  virtual void prefetch(std::uint32_t /*node*/, PrefetchStep) const {}
  // What the node said last outside of the protocol, to end an error message with: empty, or a line
  // break and lines.
  virtual std::string last_words(std::uint32_t /*node*/) const { return {}; }
  // The node has not answered in time and the test ends for it: looks for the reason, which may
  // take a second and leaves the node unusable. In the form of last_words(), and before those.
  virtual std::string explain_silence(std::uint32_t /*node*/) { return {}; }

  // Faults of nodes, as scenario.h describes them. The caller sees to it that each makes sense:
  // only what lives is killed, only what is dead is restarted. A host that cannot do this throws
  // std::logic_error.
  virtual void kill(std::uint32_t node, Time now);
  // Whether a node that restarts must be sent `init` again, and hears nothing else until it has
  // answered.
  virtual bool restarts_need_init() const { return false; }
  virtual void restart(std::uint32_t node, Time now);
  virtual void pause(std::uint32_t node, Time now);
  virtual void resume(std::uint32_t node, Time now);
  virtual void set_clock_rate(std::uint32_t node, std::int64_t parts_per_million, Time now);
};

}  // namespace bruit::workbench
