// conduct: what a node did that Maelstrom accepts and should not, and what its author will want to
// know of.
//
// What Maelstrom's verdict rests on can be bent: by reads that list what nobody broadcast or list
// it twice, by values that come and go, by acknowledgements that are held back until the value is
// everywhere. Such breaches are warnings, and failures with --strict. Remarks never fail a test:
// what they tell is in Maelstrom's verdict already, or has another cause than the node. The exact
// definition of each is in docs/compatibility.md.
//
// Here is what the history shows; conduct_log.h sees what only the messages show.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bruit/workbench/history/cluster.h"
#include "bruit/workbench/history/edn.h"
#include "bruit/workbench/history/history.h"

namespace bruit::workbench {

enum class Conduct : std::uint8_t {
  // Breaches, from the history.
  duplicate,        // a read listed a value more than once
  phantom,          // a read listed a value that nobody had broadcast
  vanished,         // a later read of the same node did not list what an earlier one had listed
  last_read_lacks,  // the last read of a node did not list what that of another node did
  // Breaches, from the messages.
  malformed_answer,     // fields that are missing, surplus or of the wrong kind; the wrong type
  stray_answer,         // to a client, and answers none of its requests, or one once more
  untyped_message,      // a body without a type that is a string
  odd_id,               // a msg_id or in_reply_to that is no signed 64-bit integer
  borrowed_name,        // a message under another's name
  untidy_init_ok,       // further fields, or a msg_id that is no integer
  field_left_out,       // of a request to a service
  no_interpreter_line,  // a script without #!
  acknowledgement_held_back,
  read_held_back,
  // Breaches, from what clients of transactions and logs were answered (workloads/).
  other_transaction,  // not the operations, or not the keys, that were asked for
  invented_value,     // a read of a value that nobody had asked to be written
  offset_forgotten,   // a committed offset that the same node had acknowledged, and now is lower
  offset_invented,    // a committed offset that nobody had committed
  poll_below,         // a message below the offset that was asked for
  unread_tail,        // a log that a client could not poll to its end in ten seconds of quiet
  // Remarks.
  late_answer,          // to a client that no longer waits for it
  no_answer,            // none within the client's patience
  error_answer,         // "not-supported" and its like: the node does not know what it is asked
  process_left_behind,  // something that the node had started ran still when the test ended
};

// "duplicate", "acknowledgement-held-back", ...: as results.edn has it.
std::string_view to_string(Conduct conduct);
bool is_breach(Conduct conduct);

// In the place of a node: it is not known which one it was.
inline constexpr std::uint32_t unknown_node = ~std::uint32_t{0};

// All that one node did of one kind.
struct Finding {
  Conduct conduct{};
  std::uint32_t node = 0;
  std::uint64_t count = 0;  // reads, values, answers, processes: what describe() says
  std::string example;      // the first one
  friend bool operator==(const Finding&, const Finding&) = default;
};

// Findings by node and kind; the first example of each is kept.
class Findings {
 public:
  // Counts one more. `example` is called if it is the first.
  template <typename Example>
  void add(Conduct conduct, std::uint32_t node, Example example) {
    Finding& finding = of(conduct, node);
    if (finding.count++ == 0) finding.example = example();
  }
  // Adds a finding with its count.
  void add(Finding finding);

  // By kind, then by node.
  std::vector<Finding> sorted() const;

 private:
  Finding& of(Conduct conduct, std::uint32_t node);
  std::vector<Finding> findings_;
};

// "n3 listed a value more than once in 12 reads; the first: ..."
std::string describe(const Finding& finding, std::span<const std::string> nodes);

// The nemesis killed a node: what it listed before, it may have forgotten.
struct NodeKilled {
  Duration at{};  // since the first operation
  std::uint32_t node = 0;
};

// What the reads and the outcomes of operations show. Reads and additions are those of set_full.h;
// other operations are only looked at for remarks. A read costs what it lists and what its node
// has listed before. `kills` are by time.
Findings check_conduct(const History& history, const Cluster& cluster,
                       std::span<const NodeKilled> kills = {});

// {:count .. :list ({:kind :duplicate, :node "n0", :count 12, :breach? true, :what "n0 listed .."}
// ..)}, and with `strict` also :valid?, which is false if there is a breach.
Edn to_edn(std::span<const Finding> findings, std::span<const std::string> nodes, bool strict);

}  // namespace bruit::workbench
