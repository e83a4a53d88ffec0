// The value type: construction, look-up and the total order.
#include "bruit/workbench/history/edn.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <span>

#include <fmt/format.h>

namespace bruit::workbench {
namespace {

// Where a kind of value stands in the order. Numbers of all three kinds share a place.
int rank(const Edn::Data& data) {
  constexpr std::array<int, std::variant_size_v<Edn::Data>> ranks = {0, 1, 2, 2, 2, 3,  4,
                                                                     5, 6, 7, 8, 9, 10, 11};
  return ranks[data.index()];
}

std::strong_ordering compare_integer_with_double(std::int64_t integer, double real) {
  constexpr double two_to_63 = 9223372036854775808.0;
  if (std::isnan(real) || real >= two_to_63) return std::strong_ordering::less;
  if (real < -two_to_63) return std::strong_ordering::greater;
  const double whole = std::trunc(real);
  const auto by_whole = integer <=> static_cast<std::int64_t>(whole);
  if (by_whole != 0) return by_whole;
  return real < whole ? std::strong_ordering::greater : std::strong_ordering::less;
}

std::strong_ordering compare_numbers(const Edn::Data& a, const Edn::Data& b) {
  const auto* const exact_a = std::get_if<EdnExactNumber>(&a);
  const auto* const exact_b = std::get_if<EdnExactNumber>(&b);
  if (exact_a != nullptr && exact_b != nullptr) return exact_a->text <=> exact_b->text;
  if (exact_a != nullptr) return std::strong_ordering::greater;
  if (exact_b != nullptr) return std::strong_ordering::less;
  const auto* const integer_a = std::get_if<std::int64_t>(&a);
  const auto* const integer_b = std::get_if<std::int64_t>(&b);
  if (integer_a != nullptr && integer_b != nullptr) return *integer_a <=> *integer_b;
  if (integer_a != nullptr) return compare_integer_with_double(*integer_a, std::get<double>(b));
  if (integer_b != nullptr) {
    return 0 <=> compare_integer_with_double(*integer_b, std::get<double>(a));
  }
  return std::strong_order(std::get<double>(a), std::get<double>(b));
}

std::strong_ordering compare_sequences(std::span<const Edn> a, std::span<const Edn> b) {
  return std::lexicographical_compare_three_way(a.begin(), a.end(), b.begin(), b.end());
}

template <typename T, typename Less>
std::vector<const T*> sorted_pointers(const std::vector<T>& values, Less less) {
  std::vector<const T*> pointers;
  pointers.reserve(values.size());
  for (const T& value : values) pointers.push_back(&value);
  std::sort(pointers.begin(), pointers.end(), less);
  return pointers;
}

std::strong_ordering compare_sets(const EdnSet& a, const EdnSet& b) {
  if (a.items.size() != b.items.size()) return a.items.size() <=> b.items.size();
  const auto less = [](const Edn* x, const Edn* y) { return *x < *y; };
  const auto items_a = sorted_pointers(a.items, less);
  const auto items_b = sorted_pointers(b.items, less);
  for (std::size_t i = 0; i < items_a.size(); ++i) {
    if (const auto order = *items_a[i] <=> *items_b[i]; order != 0) return order;
  }
  return std::strong_ordering::equal;
}

std::strong_ordering compare_maps(const EdnMap& a, const EdnMap& b) {
  if (a.entries.size() != b.entries.size()) return a.entries.size() <=> b.entries.size();
  const auto less = [](const EdnEntry* x, const EdnEntry* y) { return x->key < y->key; };
  const auto entries_a = sorted_pointers(a.entries, less);
  const auto entries_b = sorted_pointers(b.entries, less);
  for (std::size_t i = 0; i < entries_a.size(); ++i) {
    if (const auto order = entries_a[i]->key <=> entries_b[i]->key; order != 0) return order;
    if (const auto order = entries_a[i]->value <=> entries_b[i]->value; order != 0) return order;
  }
  return std::strong_ordering::equal;
}

}  // namespace

const Edn* EdnMap::find_key(const Edn& key) const {
  const auto found = std::find_if(entries.begin(), entries.end(),
                                  [&](const EdnEntry& entry) { return entry.key == key; });
  return found == entries.end() ? nullptr : &found->value;
}

const Edn* EdnMap::find(std::string_view name) const {
  const auto found = std::find_if(entries.begin(), entries.end(), [&](const EdnEntry& entry) {
    return entry.key.is_keyword(name);
  });
  return found == entries.end() ? nullptr : &found->value;
}

void EdnMap::set(std::string_view name, Edn value) {
  const auto found = std::find_if(entries.begin(), entries.end(), [&](const EdnEntry& entry) {
    return entry.key.is_keyword(name);
  });
  if (found != entries.end()) {
    found->value = std::move(value);
  } else {
    entries.push_back({.key = Edn::keyword(name), .value = std::move(value)});
  }
}

Edn::Edn(double value)
    : data_(std::isnan(value) ? std::numeric_limits<double>::quiet_NaN() : value) {}

Edn::Edn(float value) : Edn(static_cast<double>(value)) {
  if (!std::isfinite(value)) return;
  std::array<char, 32> text{};
  const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) return;
  double shortest = 0;
  std::from_chars(text.data(), end, shortest);
  data_ = shortest;
}

void Edn::assign_unsigned(std::uint64_t value) {
  if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    data_ = EdnExactNumber{fmt::format("{}N", value)};
  } else {
    data_ = static_cast<std::int64_t>(value);
  }
}

Edn Edn::keyword(std::string_view name) { return EdnKeyword{std::string(name)}; }

Edn Edn::map(std::initializer_list<std::pair<std::string_view, Edn>> entries) {
  EdnMap map;
  map.entries.reserve(entries.size());
  for (const auto& [name, value] : entries) {
    map.entries.push_back({.key = Edn::keyword(name), .value = value});
  }
  return map;
}

Edn Edn::list(std::vector<Edn> items) { return EdnList{std::move(items)}; }

Edn Edn::tagged(std::string_view tag, Edn form) {
  EdnTagged tagged{.tag = std::string(tag), .form = {}};
  tagged.form.push_back(std::move(form));
  return tagged;
}

bool Edn::is_keyword(std::string_view name) const {
  const auto* const keyword = get_if<EdnKeyword>();
  return keyword != nullptr && keyword->name == name;
}

std::strong_ordering operator<=>(const Edn& a, const Edn& b) {
  if (const auto order = rank(a.data_) <=> rank(b.data_); order != 0) return order;
  if (rank(a.data_) == 2) return compare_numbers(a.data_, b.data_);
  // Same rank and no number: the same alternative on both sides.
  return std::visit(
      [&]<typename T>(const T& x) -> std::strong_ordering {
        const T& y = *b.get_if<T>();
        if constexpr (std::is_same_v<T, bool> || std::is_same_v<T, std::string>) {
          return x <=> y;
        } else if constexpr (std::is_same_v<T, EdnCharacter>) {
          return x.text <=> y.text;
        } else if constexpr (std::is_same_v<T, EdnSymbol> || std::is_same_v<T, EdnKeyword>) {
          return x.name <=> y.name;
        } else if constexpr (std::is_same_v<T, EdnList> || std::is_same_v<T, EdnVector>) {
          return compare_sequences(x.items, y.items);
        } else if constexpr (std::is_same_v<T, EdnSet>) {
          return compare_sets(x, y);
        } else if constexpr (std::is_same_v<T, EdnMap>) {
          return compare_maps(x, y);
        } else if constexpr (std::is_same_v<T, EdnTagged>) {
          if (const auto order = x.tag <=> y.tag; order != 0) return order;
          return compare_sequences(x.form, y.form);
        } else {
          return std::strong_ordering::equal;  // nil; numbers were compared above
        }
      },
      a.data_);
}

}  // namespace bruit::workbench
