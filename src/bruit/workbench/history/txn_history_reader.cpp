#include "bruit/workbench/history/txn_history_reader.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <istream>
#include <limits>
#include <optional>
#include <unordered_map>
#include <vector>

#include <fmt/format.h>

#include "bruit/workbench/history/edn.h"
#include "bruit/workbench/history/compressed_input.h"

namespace bruit::workbench {
namespace {

using txn::Atom;
using txn::OpPlace;
using txn::TxnHistory;
using txn::Values;

enum ByteClass : std::uint8_t { other, space, delimiter, digit };

constexpr auto byte_classes = [] {
  std::array<ByteClass, 256> table{};
  for (const char c : {' ', ',', '\t', '\n', '\v', '\f', '\r', '\x1c', '\x1d', '\x1e', '\x1f'}) {
    table[static_cast<unsigned char>(c)] = space;
  }
  for (const char c : {'(', ')', '[', ']', '{', '}', '"', ';'}) {
    table[static_cast<unsigned char>(c)] = delimiter;
  }
  for (char c = '0'; c <= '9'; ++c) table[static_cast<unsigned char>(c)] = digit;
  return table;
}();

ByteClass class_of(char c) { return byte_classes[static_cast<unsigned char>(c)]; }

// Thrown within an operation that the window does not hold to its end.
struct NeedMore {};

// The part of the text that is in memory: from the operation that is being read on.
class Window {
 public:
  explicit Window(std::istream& in) : in_(in) {}

  const char* begin() const { return buffer_.data(); }
  const char* end() const { return buffer_.data() + size_; }
  bool is_last() const { return ended_; }

  // Forgets what comes before `position`, and reads more.
  void advance(const char* position) {
    count_lines(position);
    const auto kept = static_cast<std::size_t>(end() - position);
    if (kept > 0) std::memmove(buffer_.data(), position, kept);
    size_ = kept;
    constexpr std::size_t chunk = std::size_t{1} << 20U;
    if (buffer_.size() < size_ + chunk) buffer_.resize(std::max(2 * buffer_.size(), size_ + chunk));
    in_.read(buffer_.data() + size_, static_cast<std::streamsize>(buffer_.size() - size_));
    size_ += static_cast<std::size_t>(in_.gcount());
    if (!in_) ended_ = true;
  }

  // Line and column of a place in the window, both from 1.
  std::pair<std::size_t, std::size_t> place(const char* position) {
    count_lines(position);
    return {line_, column_};
  }

 private:
  void count_lines(const char* position) {
    for (const char* c = counted_ == nullptr ? begin() : counted_; c < position; ++c) {
      if (*c == '\n') {
        ++line_;
        column_ = 1;
      } else {
        ++column_;
      }
    }
    counted_ = nullptr;
  }

  std::istream& in_;
  std::vector<char> buffer_;
  std::size_t size_ = 0;
  bool ended_ = false;
  std::size_t line_ = 1;  // of the window's beginning
  std::size_t column_ = 1;
  const char* counted_ = nullptr;
};

class Reader {
 public:
  Reader(std::istream& in, std::string_view file, Values values)
      : window_(in), file_(file), history_(values) {}

  TxnHistory run() {
    window_.advance(window_.begin());
    start_ = window_.begin();
    while (true) {
      position_ = start_;
      try {
        if (!read_op()) break;
        start_ = position_;
      } catch (const NeedMore&) {
        undo_op();
        window_.advance(start_);
        start_ = window_.begin();
      }
    }
    return std::move(history_);
  }

 private:
  // ---- Errors.

  [[noreturn]] void fail(const char* at, std::string_view problem) {
    const auto [line, column] = window_.place(at);
    throw HistoryError(file_, line, fmt::format("column {}: {}", column, problem));
  }

  std::string shown(const char* at) const {
    if (at == window_.end()) return "the end of the file";
    constexpr std::size_t shown_max = 40;
    const char* end = at;
    while (end < window_.end() && class_of(*end) != space && class_of(*end) != delimiter) ++end;
    if (end == at) ++end;
    std::string text(at, static_cast<std::size_t>(end - at));
    for (char& c : text) {
      if (c < ' ' || c > '~') c = '?';
    }
    if (text.size() > shown_max) text = text.substr(0, shown_max) + "…";
    return "'" + text + "'";
  }

  [[noreturn]] void expected(const char* what) {
    fail(position_, fmt::format("expected {}, found {}", what, shown(position_)));
  }

  // ---- Bytes.

  // Whether the text ends here; whoever asks within an operation needs more if it only seems so.
  bool at_end() const {
    if (position_ < window_.end()) return false;
    if (!window_.is_last()) throw NeedMore{};
    return true;
  }
  char peek() const { return at_end() ? '\0' : *position_; }

  // Whitespace, comments and discarded forms.
  void skip_space() {
    while (!at_end()) {
      const char c = *position_;
      if (class_of(c) == space) {
        ++position_;
      } else if (c == ';') {
        while (!at_end() && *position_ != '\n') ++position_;
      } else if (c == '#') {
        if (position_ + 1 == window_.end() && !window_.is_last()) throw NeedMore{};
        if (position_ + 1 == window_.end() || position_[1] != '_') return;
        discard();
      } else {
        return;
      }
    }
  }

  // "#_" and the form behind it, which may begin with another one.
  void discard() {
    if (++discards_ > edn_depth_max) {
      fail(position_, fmt::format("nested deeper than {} levels", edn_depth_max));
    }
    position_ += 2;
    skip_space();
    take_form();
    --discards_;
  }

  // Up to the next delimiter or whitespace; may be empty.
  std::string_view take_token() {
    const char* const begin = position_;
    while (!at_end() && class_of(*position_) != space && class_of(*position_) != delimiter) {
      ++position_;
    }
    return {begin, static_cast<std::size_t>(position_ - begin)};
  }

  // The text of the value that begins here. Only brackets and strings are looked at.
  std::string_view take_form() {
    const char* const begin = position_;
    std::size_t depth = 0;
    while (true) {
      if (at_end()) expected(depth == 0 ? "a value" : "the end of a value");
      bool is_value = true;  // else one has to follow
      switch (*position_) {
        case '(':
        case '[':
        case '{':
          ++depth;
          ++position_;
          break;
        case ')':
        case ']':
        case '}':
          if (depth == 0) expected("a value");
          --depth;
          ++position_;
          break;
        case '"':
          take_string();
          break;
        case '\\':
          ++position_;
          if (!at_end()) ++position_;  // the character may be a delimiter
          take_token();
          break;
        case '#':
          is_value = take_dispatch();
          break;
        default:
          if (take_token().empty()) expected("a value");
          break;
      }
      if (depth == 0 && is_value) {
        return {begin, static_cast<std::size_t>(position_ - begin)};
      }
      skip_space();
    }
  }

  // "##Inf", which is a value; else the '#' of a set or a tag, after which one follows.
  bool take_dispatch() {
    ++position_;
    if (peek() == '{') return false;
    const bool is_symbolic = peek() == '#';
    if (take_token().empty()) expected("a tag after '#'");
    return is_symbolic;
  }

  void take_string() {
    const char* const begin = position_;
    ++position_;
    while (true) {
      if (at_end()) {
        position_ = begin;
        expected("'\"' that closes the string here");
      }
      const char c = *position_++;
      if (c == '"') return;
      if (c == '\\' && !at_end()) ++position_;
    }
  }

  // The value that begins here, parsed.
  Edn take_value() {
    const char* const begin = position_;
    const std::string_view text = take_form();
    try {
      return parse_edn(text);
    } catch (const EdnError& error) {
      // Its place is counted from the beginning of the value.
      const char* at = begin;
      for (std::size_t line = 1; line < error.line(); ++line) {
        at = std::find(at, position_, '\n') + 1;
      }
      fail(at + error.column() - 1, error.problem());
    }
  }

  // ---- Values.

  std::optional<std::uint32_t> take_small_integer() {
    const char* const begin = position_;
    std::uint64_t value = 0;
    while (!at_end() && class_of(*position_) == digit) {
      value = 10 * value + static_cast<std::uint64_t>(*position_ - '0');
      if (value > Atom::integer_max) break;
      ++position_;
    }
    const bool ends = at_end() || class_of(*position_) == space || class_of(*position_) == delimiter;
    // Clojure reads octal after a leading zero, and no such thing is ever printed.
    const bool plain = position_ - begin == 1 || (position_ > begin && *begin != '0');
    if (ends && plain) return static_cast<std::uint32_t>(value);
    position_ = begin;
    return std::nullopt;
  }

  bool take_nil() {
    const char* const begin = position_;
    if (peek() == 'n' && take_token() == "nil") return true;
    position_ = begin;
    return false;
  }

  Atom take_atom() {
    if (const auto integer = take_small_integer()) return Atom::integer(*integer);
    if (take_nil()) return Atom::nil();
    scratch_.clear();
    append_edn(scratch_, take_value());
    return history_.atoms().intern(scratch_);
  }

  std::int64_t take_integer(const char* what, std::int64_t least, std::int64_t most) {
    const char* const begin = position_;
    bool negative = false;
    if (peek() == '-') {
      negative = true;
      ++position_;
    }
    std::uint64_t value = 0;
    const char* const first = position_;
    while (!at_end() && class_of(*position_) == digit && position_ - first < 19) {
      value = 10 * value + static_cast<std::uint64_t>(*position_ - '0');
      ++position_;
    }
    const bool ends = at_end() || class_of(*position_) == space || class_of(*position_) == delimiter;
    constexpr auto limit = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    const auto number = negative ? -static_cast<std::int64_t>(value) : static_cast<std::int64_t>(value);
    if (position_ == first || !ends || value > limit || number < least || number > most) {
      position_ = begin;
      expected(what);
    }
    return number;
  }

  OpType take_type() {
    const char* const begin = position_;
    const std::string_view token = take_token();
    for (const OpType type : {OpType::invoke, OpType::ok, OpType::fail, OpType::info}) {
      if (token.size() > 1 && token.front() == ':' && token.substr(1) == to_string(type)) {
        return type;
      }
    }
    position_ = begin;
    expected(":type to be :invoke, :ok, :fail or :info");
  }

  // The number of a client, or nothing for anybody else.
  std::optional<std::int32_t> take_process() {
    if (class_of(peek()) == digit || peek() == '-') {
      return static_cast<std::int32_t>(take_integer("a process below 2147483648",
                                                    std::numeric_limits<std::int32_t>::min(),
                                                    std::numeric_limits<std::int32_t>::max()));
    }
    take_value();
    return std::nullopt;
  }

  // ---- Transactions.

  char take_opening() {
    const char c = peek();
    if (c != '[' && c != '(') return '\0';
    ++position_;
    return c == '[' ? ']' : ')';
  }

  void take_transaction() {
    if (take_nil()) return;
    const char close = take_opening();
    if (close == '\0') expected("a transaction: a vector of micro-operations");
    while (true) {
      skip_space();
      if (peek() == close) break;
      take_mop();
    }
    ++position_;
  }

  void take_mop() {
    const char* const begin = position_;
    const char close = take_opening();
    if (close == '\0') expected("a micro-operation such as [:r 5 nil]");
    skip_space();
    std::string_view name;
    if (peek() == '"') {
      const char* const quote = position_;
      take_string();
      name = {quote + 1, static_cast<std::size_t>(position_ - quote - 2)};
    } else {
      name = take_token();
      if (!name.starts_with(':')) {
        position_ = begin + 1;
        expected("the name of a micro-operation, such as :r");
      }
      name.remove_prefix(1);
    }
    const bool is_read = name == "r";
    const bool is_write = name == (history_.values() == Values::lists ? "append" : "w");
    if (!is_read && !is_write) {
      position_ = begin;
      scratch_.clear();
      append_edn(scratch_, take_value());
      history_.add_other(scratch_);
      return;
    }
    skip_space();
    const Atom key = take_atom();
    skip_space();
    if (!is_read) {
      history_.add_write(key, take_atom());
    } else if (history_.values() == Values::registers) {
      history_.add_read(key, take_atom());
    } else {
      take_list_read(key);
    }
    skip_space();
    if (peek() != close) expected("the end of a micro-operation of three parts");
    ++position_;
  }

  void take_list_read(Atom key) {
    if (take_nil()) {
      history_.add_nil_read(key);
      return;
    }
    const char close = take_opening();
    if (close == '\0') expected("what was read of a list: nil or a vector");
    while (true) {
      skip_space();
      if (peek() == close) break;
      history_.add_element(take_atom());
    }
    ++position_;
    history_.add_list_read(key);
  }

  // ---- Operations.

  // Undoes what was read of an operation that has to be read again.
  void undo_op() { history_.drop_mops(mops_before_); }

  // Reads one operation. False at the end of the history.
  bool read_op() {
    mops_before_ = history_.mops().size();
    discards_ = 0;
    if (!find_op()) return false;
    const char* const begin = position_;
    ++position_;
    std::optional<std::int64_t> index;
    std::optional<OpType> type;
    std::optional<std::optional<std::int32_t>> process;
    const char* value_later = nullptr;
    bool has_value = false;
    std::int64_t time = 0;
    std::string_view f = "txn";
    rest_.clear();
    while (true) {
      skip_space();
      if (peek() == '}') break;
      if (at_end()) {
        position_ = begin;
        expected("'}' that closes the operation here");
      }
      const std::string_view key = take_key();
      skip_space();
      if (key == ":index") {
        constexpr std::int64_t most = std::numeric_limits<std::uint32_t>::max() - 1;
        index = take_integer(":index to be a position, at least 0", 0, most);
      } else if (key == ":time") {
        time = take_integer(":time to be nanoseconds", std::numeric_limits<std::int64_t>::min(),
                            std::numeric_limits<std::int64_t>::max());
      } else if (key == ":type") {
        type = take_type();
      } else if (key == ":process") {
        process = take_process();
      } else if (key == ":f") {
        f = take_f();
      } else if (key == ":value") {
        has_value = true;
        if (process && *process) {
          take_transaction();
        } else {
          value_later = position_;
          take_form();
        }
      } else {
        take_rest(key);
      }
    }
    ++position_;
    if (!process) fail(begin, "expected :process to be a number, or the name of a nemesis");
    if (!*process) {  // no client
      history_.drop_mops(mops_before_);
      return true;
    }
    if (!type) fail(begin, "expected :type to be :invoke, :ok, :fail or :info, found nothing");
    if (!has_value) fail(begin, "expected :value to be there, found nothing");
    if (value_later != nullptr) {
      const char* const end = position_;
      position_ = value_later;
      take_transaction();
      position_ = end;
    }
    add_op(begin, index, *type, **process, time, f);
    return true;
  }

  // Goes to the '{' of the next operation. False if there is none.
  bool find_op() {
    skip_space();
    if (!in_vector_ && !began_ && (peek() == '[' || peek() == '(')) {
      in_vector_ = true;
      close_ = take_opening();
      start_ = position_;
      skip_space();
    }
    began_ = true;
    if (in_vector_ && peek() == close_) {
      ++position_;
      skip_space();
      if (!at_end()) expected("the end of the file after the history");
      return false;
    }
    if (at_end()) {
      if (in_vector_) expected("the bracket that closes the history");
      return false;
    }
    if (*position_ == '#') {
      ++position_;
      if (take_token().empty()) expected("a tag after '#'");
      skip_space();
    }
    if (peek() != '{') expected("an operation {:index .. :time .. :type .. ..}");
    return true;
  }

  std::string_view take_key() {
    const char* const begin = position_;
    const std::string_view key = take_token();
    constexpr std::array<std::string_view, 6> known = {":index", ":time", ":type", ":process", ":f", ":value"};
    if (std::find(known.begin(), known.end(), key) != known.end()) return key;
    position_ = begin;
    if (!key.starts_with(':') || !take_value().get_if<EdnKeyword>()) {
      position_ = begin;
      expected("a key of the operation, such as :type");
    }
    return key;
  }

  std::string_view take_f() {
    const char* const begin = position_;
    const std::string_view token = take_token();
    if (token == ":txn") return token.substr(1);
    position_ = begin;
    if (!token.starts_with(':') || !take_value().get_if<EdnKeyword>()) {
      position_ = begin;
      expected(":f to be a keyword such as :txn");
    }
    return token.substr(1);
  }

  void take_rest(std::string_view key) {
    rest_ += ", ";
    rest_ += key;
    rest_ += ' ';
    append_edn(rest_, take_value());
  }

  void add_op(const char* begin, std::optional<std::int64_t> index, OpType type,
              std::int32_t process, std::int64_t time, std::string_view f) {
    const auto ops = history_.ops();
    const std::int64_t before = ops.empty() ? std::int64_t{-1} : std::int64_t{ops.back().index};
    if (index && *index <= before) {
      fail(begin, fmt::format("expected :index to be above {}, that of the operation before, found {}",
                              before, *index));
    }
    const auto place = static_cast<OpPlace>(ops.size());
    const auto open = open_.find(process);
    if (type == OpType::invoke && open != open_.end()) {
      fail(begin, fmt::format("process {} invokes a transaction, but its operation at index {} has "
                              "not completed",
                              process, ops[open->second].index));
    }
    history_.add_op(type, process, time, static_cast<std::uint32_t>(index.value_or(before + 1)),
                    mops_before_, f, rest_);
    if (type == OpType::invoke) {
      open_.emplace(process, place);
    } else if (open != open_.end()) {
      history_.pair(open->second, place);
      open_.erase(open);
    }
  }

  Window window_;
  std::string_view file_;
  TxnHistory history_;
  const char* start_ = nullptr;  // of the operation that is being read
  const char* position_ = nullptr;
  std::size_t mops_before_ = 0;
  std::size_t discards_ = 0;  // one within the other
  bool began_ = false;
  bool in_vector_ = false;
  char close_ = '\0';
  std::string rest_;
  std::string scratch_;
  std::unordered_map<std::int32_t, OpPlace> open_;  // by process
};

}  // namespace

txn::TxnHistory read_txn_history(std::istream& in, std::string_view file, Values values) {
  try {
    return Reader(in, file, values).run();
  } catch (const InputError& error) {
    throw HistoryError(file, 0, error.what());
  } catch (const std::length_error& error) {
    throw HistoryError(file, 0, error.what());
  }
}

txn::TxnHistory read_txn_history_file(const std::string& path, Values values) {
  try {
    const auto in = open_input(path);
    return read_txn_history(*in, path, values);
  } catch (const InputError& error) {
    throw HistoryError(path, 0, error.what());
  }
}

}  // namespace bruit::workbench
