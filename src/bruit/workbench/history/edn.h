// EDN: the notation of Clojure data, in which Maelstrom and Jepsen write histories and results.
//
// A value type, a parser for bytes from outside, and two printers. The printers give what the
// original gives, byte for byte: the compact one what Clojure's `pr` prints, the pretty one what
// fipp (https://github.com/brandonbloom/fipp, the printer that Jepsen uses for results.edn) prints.
// The notation: https://github.com/edn-format/edn.
#pragma once

#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace bruit::workbench {

class Edn;

// A template only because an entry holds values of the class that holds it: a template's members
// are looked at when they are used, and by then Edn is complete.
template <typename Value>
struct BasicEdnEntry {
  Value key;
  Value value;
};
using EdnEntry = BasicEdnEntry<Edn>;

struct EdnNil {};
// A name without its leading colon: "ok", "valid?", "jepsen.checker/unknown".
struct EdnKeyword {
  std::string name;
};
struct EdnSymbol {
  std::string name;
};
// A character literal as it is written: "\\a", "\\newline", "\\u00e9".
struct EdnCharacter {
  std::string text;
};
// A number that neither int64 nor double holds exactly, as it is written: "18446744073709551615N",
// "1.50M", "2/3".
struct EdnExactNumber {
  std::string text;
};
struct EdnList {
  std::vector<Edn> items;
};
struct EdnVector {
  std::vector<Edn> items;
};
// Items are in the order in which they were written; no two are equal.
struct EdnSet {
  std::vector<Edn> items;
};
// Entries are in the order in which they were written; no two keys are equal.
struct EdnMap {
  std::vector<EdnEntry> entries;

  // The value of `key`, or nullptr. Linear in the number of entries.
  const Edn* find_key(const Edn& key) const;
  // The value of the keyword `name` (without colon), or nullptr.
  const Edn* find(std::string_view name) const;
  // Replaces the value of the keyword `name` where it stands, or appends the entry.
  void set(std::string_view name, Edn value);
};
// `#tag form`. `form` holds exactly one value.
struct EdnTagged {
  std::string tag;
  std::vector<Edn> form;
};

// One EDN value. Copies are deep.
class Edn {
 public:
  using Data =
      std::variant<EdnNil, bool, std::int64_t, double, EdnExactNumber, EdnCharacter, std::string,
                   EdnSymbol, EdnKeyword, EdnList, EdnVector, EdnSet, EdnMap, EdnTagged>;

  // Every kind converts implicitly, so that a result reads like the map that it prints.
  Edn() = default;  // nil
  Edn(bool value) : data_(value) {}
  // Any integer type. An unsigned value above int64's range becomes an exact number ("…N").
  template <std::integral Integer>
  Edn(Integer value) {
    if constexpr (std::unsigned_integral<Integer>) {
      assign_unsigned(value);
    } else {
      data_ = static_cast<std::int64_t>(value);
    }
  }
  Edn(double value);
  // The double with the shortest decimal text that reads back as this float, so that it prints as
  // Clojure prints a float: 2.020202f is 2.020202, not 2.0202019214630127.
  Edn(float value);
  Edn(const char* value) : data_(std::string(value)) {}
  Edn(std::string_view value) : data_(std::string(value)) {}
  Edn(std::string value) : data_(std::move(value)) {}
  Edn(EdnExactNumber value) : data_(std::move(value)) {}
  Edn(EdnCharacter value) : data_(std::move(value)) {}
  Edn(EdnSymbol value) : data_(std::move(value)) {}
  Edn(EdnKeyword value) : data_(std::move(value)) {}
  Edn(EdnList value) : data_(std::move(value)) {}
  Edn(EdnVector value) : data_(std::move(value)) {}
  Edn(EdnSet value) : data_(std::move(value)) {}
  Edn(EdnMap value) : data_(std::move(value)) {}
  Edn(EdnTagged value) : data_(std::move(value)) {}

  // `name` without its colon.
  static Edn keyword(std::string_view name);
  // A map from keywords (names without colons) to values, in this order. Names must differ.
  static Edn map(std::initializer_list<std::pair<std::string_view, Edn>> entries);
  static Edn list(std::vector<Edn> items);
  static Edn tagged(std::string_view tag, Edn form);

  const Data& data() const { return data_; }
  bool is_nil() const { return std::holds_alternative<EdnNil>(data_); }
  // The value if it is of this alternative of Data, or nullptr.
  template <typename T>
  const T* get_if() const {
    return std::get_if<T>(&data_);
  }
  template <typename T>
  T* get_if() {
    return std::get_if<T>(&data_);
  }
  // True for the keyword of this name (without colon).
  bool is_keyword(std::string_view name) const;

  // For maps with keyword keys: the value at a path of names, or nullptr if a step is missing or
  // is not a map. at("net", "servers", "msgs-per-op").
  template <typename... Names>
  const Edn* at(std::string_view name, Names... rest) const {
    const EdnMap* const map = get_if<EdnMap>();
    const Edn* const found = map == nullptr ? nullptr : map->find(name);
    if constexpr (sizeof...(rest) == 0) {
      return found;
    } else {
      return found == nullptr ? nullptr : found->at(rest...);
    }
  }

  // A total order: nil, booleans, numbers (by size; 1 before 1.0; exact numbers last), characters,
  // strings, symbols, keywords, lists, vectors, sets, maps, tagged values. Sets and maps are the
  // same whatever their order of writing; a list and a vector differ, as do 1 and 1.0. All NaNs are
  // one value.
  friend std::strong_ordering operator<=>(const Edn& a, const Edn& b);
  friend bool operator==(const Edn& a, const Edn& b) { return (a <=> b) == 0; }

 private:
  void assign_unsigned(std::uint64_t value);

  Data data_;
};

// What is wrong with a text that is not EDN. what() is "line:column: problem"; both count from 1,
// columns in bytes.
class EdnError : public std::runtime_error {
 public:
  EdnError(std::size_t line, std::size_t column, std::string_view problem);
  std::size_t line() const { return line_; }
  std::size_t column() const { return column_; }
  // The problem without its place: what was found and what was expected.
  const std::string& problem() const { return problem_; }

 private:
  std::size_t line_;
  std::size_t column_;
  std::string problem_;
};

// The deepest nesting that the parser accepts. Jepsen's own files stay below 10.
inline constexpr std::size_t edn_depth_max = 256;

// Parses a text that holds exactly one value, with whitespace, commas, comments and discarded forms
// (`#_`) around it. Throws EdnError for everything else: syntax, bytes that are not UTF-8, a key or
// a set item that is there twice, nesting below edn_depth_max, a double out of range, metadata.
Edn parse_edn(std::string_view text);

// On one line, as Clojure's `pr` prints it: {:a 1, :b [1 2]}.
std::string to_string(const Edn& value);
// Appends to `out` what to_string() returns.
void append_edn(std::string& out, const Edn& value);

// Over as many lines as `width` characters need, as fipp lays it out; ends without a line feed.
// Closing brackets and commas may go beyond `width`, as they do in the original.
std::string to_pretty_string(const Edn& value, std::size_t width = 70);

// A double as Java and Clojure print it: 0.0, 0.9866667, 1.0E10, ##Inf.
std::string clojure_double(double value);

}  // namespace bruit::workbench
