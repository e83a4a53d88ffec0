// MessageHistory: a history of sends and polls as numbers.
//
// Every key has a number, and so has every message, that is a value sent to a key or polled from it.
// What is known of a message is then an element of an array, and the checks compare nothing else.
// Names of operations and micro-operations are those of Jepsen 0.3.7, tests/kafka.clj.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "bruit/workbench/history/atom.h"
#include "bruit/workbench/history/history.h"

namespace bruit::workbench::kafka {

using KeyId = std::uint32_t;
using MessageId = std::uint32_t;
// A position among the operations of clients.
using OpId = std::uint32_t;
inline constexpr MessageId no_message = UINT32_MAX;
inline constexpr OpId no_op = UINT32_MAX;
inline constexpr std::int64_t no_offset = std::numeric_limits<std::int64_t>::min();

// A message that an operation sent or polled.
struct Record {
  KeyId key = 0;
  MessageId message = no_message;  // none: the key was polled, and there was nothing
  std::int64_t offset = no_offset;
  std::uint32_t mop = 0;  // the micro-operation
};

enum class Function : std::uint8_t { send, poll, assign, other };

struct ClientOp {
  std::size_t place = 0;  // in History::ops
  std::int64_t process = 0;
  std::int64_t time_ns = 0;
  OpId partner = no_op;  // the completion of an invocation, and the other way round
  std::uint32_t first_sent = 0;
  std::uint32_t first_polled = 0;
  std::uint32_t first_assigned = 0;
  OpType type = OpType::invoke;
  // A transaction of several micro-operations is a send and a poll at once: `other` here, and it
  // has records.
  Function function = Function::other;
  bool is_data = false;  // a send, a poll or a transaction
};

struct Message {
  KeyId key = 0;
  txn::Atom value;
};

class MessageHistory {
 public:
  // Throws std::invalid_argument, with the operation's index, for a value that no client of this
  // workload has. Operations of the nemesis are left out.
  explicit MessageHistory(const History& history);

  std::span<const ClientOp> ops() const { return ops_; }
  std::span<const Message> messages() const { return messages_; }
  std::size_t key_count() const { return keys_.size(); }
  txn::Atom key(KeyId key) const { return keys_[key]; }
  const txn::AtomTable& atoms() const { return atoms_; }

  // Those of an operation; records of the same key stand together, in their order.
  std::span<const Record> sent(OpId op) const { return part(sent_, op, &ClientOp::first_sent); }
  std::span<const Record> polled(OpId op) const {
    return part(polled_, op, &ClientOp::first_polled);
  }
  // The keys that an :assign names.
  std::span<const KeyId> assigned(OpId op) const {
    return part(assigned_, op, &ClientOp::first_assigned);
  }

  // As Jepsen prints them.
  Edn op_edn(OpId op) const;
  Edn key_edn(KeyId key) const { return parse_edn(atoms_.text(keys_[key])); }
  Edn value_edn(MessageId message) const { return parse_edn(atoms_.text(messages_[message].value)); }

 private:
  template <typename T>
  std::span<const T> part(const std::vector<T>& all, OpId op,
                          std::uint32_t ClientOp::*first) const {
    const std::size_t end = op + 1 < ops_.size() ? ops_[op + 1].*first : all.size();
    return std::span(all).subspan(ops_[op].*first, end - ops_[op].*first);
  }

  void take(const Op& op, ClientOp& taken);
  void take_mop(const Op& op, const Edn& mop, std::uint32_t number);
  void take_poll(const Op& op, const EdnMap& polled, std::uint32_t number);
  txn::Atom atom(const Edn& value);
  KeyId key_of(const Edn& key);
  KeyId new_key(txn::Atom name);
  MessageId message_of(KeyId key, const Edn& value);
  std::uint32_t check_size(std::size_t size) const;

  const History& history_;
  std::vector<ClientOp> ops_;
  std::vector<Record> sent_;
  std::vector<Record> polled_;
  std::vector<KeyId> assigned_;
  std::vector<Message> messages_;
  std::vector<txn::Atom> keys_;
  txn::AtomTable atoms_;
  std::unordered_map<std::uint32_t, KeyId> key_ids_;  // by the bits of atoms
  std::vector<KeyId> numbered_;  // of keys that are numbers as strings, which are usual: by number
  std::vector<std::vector<MessageId>> small_;         // by key and by values that are small integers
  std::unordered_map<std::uint64_t, MessageId> large_;
  std::string scratch_;
};

}  // namespace bruit::workbench::kafka
