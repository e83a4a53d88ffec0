// Typed messages: a struct says once which fields it has, and is read from and written to JSON.
//
//     struct Broadcast {
//       static constexpr std::string_view type = "broadcast";
//       std::int64_t message = 0;
//       static constexpr auto fields = std::tuple(field("message", &Broadcast::message));
//     };
//
// A struct with `fields` can be a field of another; one with `type` as well is a message. A field
// may be bool, a signed or unsigned integer, double, std::string, json::value (anything),
// std::vector, std::map<std::string, ...>, std::optional (absent or null if empty), std::tuple,
// std::pair or std::array (an array of exactly that length), or a struct with fields. A field that
// is missing or of another type is RpcError(malformed_request) with the path to it, for example
// "txn[1][2]"; unknown fields are ignored. Integers are read with their range checked; a double
// field also takes integers.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "bruit/maelstrom/errors.h"
#include "bruit/maelstrom/json.h"
#include "bruit/maelstrom/message.h"

namespace bruit::maelstrom {

template <typename Struct, typename Member>
struct Field {
  std::string_view name;
  Member Struct::*member;
};

template <typename Struct, typename Member>
constexpr Field<Struct, Member> field(std::string_view name, Member Struct::*member) {
  return {name, member};
}

template <typename T>
concept HasFields = requires {
  std::tuple_size<std::remove_cvref_t<decltype(T::fields)>>::value;
};

template <typename T>
concept TypedMessage = HasFields<T> && requires {
  { T::type } -> std::convertible_to<std::string_view>;
};

namespace detail {

// Where a value is in its message. Becomes text only for an error.
struct Path {
  const Path* parent = nullptr;
  std::string_view name;  // of a member; empty for an element
  std::size_t index = 0;  // of an element

  Path member(std::string_view member_name) const { return {this, member_name, 0}; }
  Path element(std::size_t position) const { return {this, {}, position}; }
  std::string text() const;
};

[[noreturn]] void field_error(const Path& path, std::string_view expected,
                              const json::value& found);
[[noreturn]] void field_missing(const Path& path);

template <typename T>
struct IsOptional : std::false_type {};
template <typename T>
struct IsOptional<std::optional<T>> : std::true_type {};

template <typename T>
concept Integer = std::integral<T> && !std::same_as<T, bool>;

template <typename T>
concept TupleLike = !HasFields<T> && requires {
  std::tuple_size<T>::value;
};

template <typename T>
void read_value(const json::value& from, T& to, const Path& path);
template <typename T>
json::value write_value(const T& from);

template <HasFields T>
void read_fields(const json::object& from, T& to, const Path& path) {
  const auto read_one = [&](const auto& declared) {
    auto& member = to.*declared.member;
    const auto* value = from.if_contains(declared.name);
    if (value != nullptr) {
      read_value(*value, member, path.member(declared.name));
    } else if constexpr (IsOptional<std::remove_cvref_t<decltype(member)>>::value) {
      member.reset();
    } else {
      field_missing(path.member(declared.name));
    }
  };
  std::apply([&](const auto&... declared) { (read_one(declared), ...); }, T::fields);
}

template <HasFields T>
void write_fields(const T& from, json::object& to) {
  const auto write_one = [&](const auto& declared) {
    const auto& member = from.*declared.member;
    if constexpr (IsOptional<std::remove_cvref_t<decltype(member)>>::value) {
      if (!member) return;
    }
    to[declared.name] = write_value(member);
  };
  std::apply([&](const auto&... declared) { (write_one(declared), ...); }, T::fields);
}

template <Integer T>
void read_integer(const json::value& from, T& to, const Path& path) {
  if (from.is_int64() && std::in_range<T>(from.get_int64())) {
    to = static_cast<T>(from.get_int64());
  } else if (from.is_uint64() && std::in_range<T>(from.get_uint64())) {
    to = static_cast<T>(from.get_uint64());
  } else {
    field_error(path,
                "an integer between " + std::to_string(std::numeric_limits<T>::min()) + " and " +
                    std::to_string(std::numeric_limits<T>::max()),
                from);
  }
}

template <TupleLike T, std::size_t... index>
void read_tuple(const json::array& from, T& to, const Path& path, std::index_sequence<index...>) {
  (read_value(from[index], std::get<index>(to), path.element(index)), ...);
}

// The rest are the kinds of fields, one overload each, chosen by the type that is read or written.

inline void read_kind(const json::value& from, json::value& to, const Path&) { to = from; }

inline void read_kind(const json::value& from, bool& to, const Path& path) {
  if (!from.is_bool()) field_error(path, "a boolean", from);
  to = from.get_bool();
}

template <Integer T>
void read_kind(const json::value& from, T& to, const Path& path) {
  read_integer(from, to, path);
}

inline void read_kind(const json::value& from, double& to, const Path& path) {
  if (!from.is_number()) field_error(path, "a number", from);
  to = from.to_number<double>();
}

inline void read_kind(const json::value& from, std::string& to, const Path& path) {
  const auto text = string_in(from);
  if (!text) field_error(path, "a string", from);
  to = *text;
}

template <typename T>
void read_kind(const json::value& from, std::optional<T>& to, const Path& path) {
  to.reset();
  if (!from.is_null()) read_value(from, to.emplace(), path);
}

template <typename T>
void read_kind(const json::value& from, std::vector<T>& to, const Path& path) {
  if (!from.is_array()) field_error(path, "an array", from);
  const auto& elements = from.get_array();
  to.clear();
  to.reserve(elements.size());
  for (std::size_t i = 0; i < elements.size(); ++i) {
    T element{};
    read_value(elements[i], element, path.element(i));
    to.push_back(std::move(element));
  }
}

template <typename T>
void read_kind(const json::value& from, std::map<std::string, T>& to, const Path& path) {
  if (!from.is_object()) field_error(path, "an object", from);
  to.clear();
  for (const auto& member : from.get_object()) {
    read_value(member.value(), to[std::string(std::string_view(member.key()))],
               path.member(std::string_view(member.key())));
  }
}

template <TupleLike T>
void read_kind(const json::value& from, T& to, const Path& path) {
  constexpr std::size_t length = std::tuple_size_v<T>;
  if (!from.is_array() || from.get_array().size() != length) {
    field_error(path, "an array of " + std::to_string(length) + " elements", from);
  }
  read_tuple(from.get_array(), to, path, std::make_index_sequence<length>());
}

template <HasFields T>
void read_kind(const json::value& from, T& to, const Path& path) {
  if (!from.is_object()) field_error(path, "an object", from);
  read_fields(from.get_object(), to, path);
}

template <typename T>
void read_value(const json::value& from, T& to, const Path& path) {
  read_kind(from, to, path);
}

inline json::value write_kind(const json::value& from) { return from; }
inline json::value write_kind(bool from) { return from; }
inline json::value write_kind(double from) { return from; }
inline json::value write_kind(const std::string& from) {
  return json::value(std::string_view(from));
}

template <Integer T>
json::value write_kind(T from) {
  return from;
}

template <typename T>
json::value write_kind(const std::optional<T>& from) {
  return from ? write_value(*from) : json::value(nullptr);
}

template <typename T>
json::value write_kind(const std::vector<T>& from) {
  json::array elements;
  elements.reserve(from.size());
  for (const auto& element : from) elements.push_back(write_value<T>(element));
  return elements;
}

template <typename T>
json::value write_kind(const std::map<std::string, T>& from) {
  json::object members;
  members.reserve(from.size());
  for (const auto& [key, value] : from) members[key] = write_value(value);
  return members;
}

template <TupleLike T>
json::value write_kind(const T& from) {
  json::array elements;
  std::apply([&](const auto&... element) { (elements.push_back(write_value(element)), ...); },
             from);
  return elements;
}

template <HasFields T>
json::value write_kind(const T& from) {
  json::object members;
  write_fields(from, members);
  return members;
}

template <typename T>
json::value write_value(const T& from) {
  return write_kind(from);
}

}  // namespace detail

// The JSON body of a message, `type` included.
template <TypedMessage T>
json::object to_body(const T& message) {
  json::object body;
  body["type"] = std::string_view(T::type);
  detail::write_fields(message, body);
  return body;
}

// The message in a body. Does not look at the body's type. Throws RpcError(malformed_request)
// naming the field.
template <HasFields T>
T from_body(const json::object& body) {
  T message{};
  detail::read_fields(body, message, detail::Path{});
  return message;
}

// Any of the kinds above from and to a JSON value. `name` is what errors call it.
template <typename T>
T from_json(const json::value& value, std::string_view name) {
  T result{};
  detail::read_value(value, result, detail::Path{nullptr, name, 0});
  return result;
}
template <typename T>
json::value to_json(const T& value) {
  return detail::write_value(value);
}

}  // namespace bruit::maelstrom
