// History: what clients (and the nemesis) did and saw, in the order in which it happened.
//
// The model is Jepsen's: each operation is two entries, an invocation and a completion of the same
// process. Checkers read nothing else. Values that clients broadcast are interned: an operation
// holds small numbers (ElementId), and the table beside the history says what each number stands
// for. That makes a read of a thousand values four kilobytes, and a check of a million memberships
// a few milliseconds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "bruit/core/time.h"
#include "bruit/workbench/history/edn.h"
#include "bruit/workbench/history/element_list.h"

namespace bruit::workbench {

using core::Duration;

enum class OpType : std::uint8_t {
  invoke,
  ok,    // happened
  fail,  // did not happen
  info,  // may or may not have happened
};

// "invoke", "ok", "fail", "info".
std::string_view to_string(OpType type);

// A client process (0, 1, ...) or the nemesis.
struct Process {
  static constexpr std::int64_t nemesis_id = -1;
  std::int64_t id = 0;

  static constexpr Process nemesis() { return {nemesis_id}; }
  constexpr bool is_nemesis() const { return id == nemesis_id; }
  friend bool operator==(Process, Process) = default;
};

struct Nil {
  friend bool operator==(Nil, Nil) = default;
};
// Nil: an invoked read. ElementId: a broadcast. ElementList: a completed read. Edn: any other
// value, what a nemesis did, for example.
using OpValue = std::variant<Nil, ElementId, ElementList, Edn>;

struct Op {
  std::uint64_t index = 0;  // position in the history
  Duration time{};          // since the start of the test
  OpType type = OpType::invoke;
  Process process;
  std::string f;  // "broadcast", "read", "start-partition", ...
  OpValue value;
  Edn error;           // :error, nil if there is none
  bool final = false;  // :final? true
  Edn more{};          // a map of what else Jepsen has of it, or nil: {:poll-ms 1000}

  friend bool operator==(const Op&, const Op&) = default;
};

// Interns values by their EDN text. Equal values must come as equal texts.
class ElementTable {
 public:
  // The number of `edn`, a new one if it was not seen before. Amortised constant time.
  ElementId intern(std::string_view edn);
  // Its number if it has one.
  std::optional<ElementId> find(std::string_view edn) const {
    const auto found = ids_.find(edn);
    if (found == ids_.end()) return std::nullopt;
    return found->second;
  }
  // The EDN text of a number that intern() returned.
  const std::string& text(ElementId id) const { return texts_[id]; }
  // The value that the text stands for. Linear in it.
  Edn value(ElementId id) const { return parse_edn(texts_[id]); }
  std::size_t size() const { return texts_.size(); }

 private:
  // Looks up a view without a copy.
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>()(text);
    }
  };

  std::vector<std::string> texts_;
  std::unordered_map<std::string, ElementId, Hash, std::equal_to<>> ids_;
};

// Invariants: indices ascend; a client has at most one operation open; each of its completions
// follows its invocation and has the same f. What the nemesis does is all :info.
struct History {
  std::vector<Op> ops;
  ElementTable elements;
};

}  // namespace bruit::workbench
