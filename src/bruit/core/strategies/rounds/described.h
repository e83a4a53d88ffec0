// What messages.h describes, for code that walks through it field by field.
#pragma once

#include <concepts>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace bruit::core {

struct IgnoreFields {
  template <typename Field>
  void operator()(std::string_view, Field&) const {}
};

// A struct with describe().
template <typename T>
concept Described = requires(T& object) {
  std::remove_const_t<T>::describe(object, IgnoreFields{});
};

// Calls field(name, member) for each member of `object`, in order.
template <Described T, typename Field>
void for_each_field(T& object, Field&& field) {
  std::remove_const_t<T>::describe(object, field);
}

// Calls run(first, last) for each run of entries of one origin that follow each other.
template <typename Entries, typename Run>
void for_each_run(const Entries& entries, Run&& run) {
  auto first = entries.begin();
  for (auto next = first; first != entries.end(); first = next) {
    std::uint64_t sequence = first->sequence;
    do {
      ++next;
      ++sequence;
    } while (next != entries.end() && next->origin == first->origin && next->sequence == sequence);
    run(first, next);
  }
}

}  // namespace bruit::core
