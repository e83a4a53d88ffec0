#include "core/transcript/journal.h"

#include <fmt/format.h>

#include <utility>

#include "core/transcript/describe.h"

namespace bruit::core::transcript {
namespace {

std::string at(Time now, std::string_view text) {
  return fmt::format("  {:>8}  {}", in_milliseconds(now.time_since_epoch()), text);
}

std::string in_parentheses(std::string_view fate) {
  return fate.empty() ? std::string() : fmt::format("  ({})", fate);
}

}  // namespace

std::string describe_counts(const std::map<std::string, std::uint64_t>& sent_by_kind) {
  std::uint64_t sum = 0;
  std::string kinds;
  for (const auto& [kind, count] : sent_by_kind) {
    sum += count;
    kinds += fmt::format("{}{} {}", kinds.empty() ? ": " : ", ", count, kind);
  }
  if (sum == 0) return "no messages";
  return fmt::format("{} message{}{}", sum, sum == 1 ? "" : "s", kinds);
}

std::string list_values(std::span<const std::string> values) {
  constexpr std::size_t most_listed = 12;
  if (values.size() > most_listed) {
    return fmt::format("{} ... {} ({} values)", values.front(), values.back(), values.size());
  }
  return fmt::format("{}", fmt::join(values.begin(), values.end(), " "));
}

void Journal::sent(Time now, NodeId from, NodeId to, const Message& message,
                   std::string_view fate) {
  if (brief_) {
    ++sent_by_kind_[kind_of(message)];
    if (fate.starts_with("lost")) ++lost_;
    return;
  }
  const std::string text = describe(message) + in_parentheses(fate);
  if (sending_ && sending_->at == now && sending_->from == from && sending_->message == text) {
    sending_->to += fmt::format(" n{}", to.index);
    return;
  }
  finish_sending();
  sending_ = Sending{now, from, fmt::format("n{}", to.index), text};
}

void Journal::arrived(Time now, NodeId from, NodeId to, const Message& message,
                      std::string_view fate) {
  if (brief_) {
    if (fate.starts_with("lost")) ++lost_;
    return;
  }
  note(now, fmt::format("n{} <- n{}  {}{}", to.index, from.index, describe(message),
                        in_parentheses(fate)));
}

void Journal::learned(Time now, NodeId node, std::span<const Value> values) {
  if (values.empty()) return;
  std::vector<std::string> texts;
  for (const Value& value : values) texts.emplace_back(value.bytes());
  const std::string list = list_values(texts);
  if (!brief_) {
    note(now, fmt::format("n{} has {}", node.index, list));
    return;
  }
  if (now != moment_) finish_moment();
  moment_ = now;
  std::string& known = learned_[node];
  known += (known.empty() ? "" : " ") + list;
}

void Journal::note(Time now, std::string_view text) {
  finish_sending();
  add(at(now, text));
}

void Journal::note(std::string_view text) {
  finish_sending();
  add(fmt::format("  {}", text));
}

std::vector<std::string> Journal::take() {
  finish_sending();
  finish_moment();
  if (brief_) finish_counts();
  if (lines_.size() > most_lines) {
    throw std::length_error(fmt::format("more than {} lines of output", most_lines));
  }
  return std::exchange(lines_, {});
}

void Journal::add(std::string line) {
  // One too many is kept, by which take() knows.
  if (lines_.size() <= most_lines) lines_.push_back(std::move(line));
}

void Journal::finish_sending() {
  if (!sending_) return;
  add(at(sending_->at,
         fmt::format("n{} -> {}  {}", sending_->from.index, sending_->to, sending_->message)));
  sending_.reset();
}

// "n1 n2 have x", and a line for each other list of values.
void Journal::finish_moment() {
  std::vector<std::pair<std::string, std::vector<NodeId>>> groups;
  for (const auto& [node, values] : learned_) {
    auto group = groups.begin();
    while (group != groups.end() && group->first != values) ++group;
    if (group == groups.end()) group = groups.insert(group, {values, {}});
    group->second.push_back(node);
  }
  for (const auto& [values, nodes] : groups) {
    std::string text;
    for (const NodeId node : nodes) text += fmt::format("n{} ", node.index);
    add(at(moment_, fmt::format("{}{} {}", text, nodes.size() == 1 ? "has" : "have", values)));
  }
  learned_.clear();
}

void Journal::finish_counts() {
  std::string text = describe_counts(sent_by_kind_);
  if (lost_ > 0) text += fmt::format("; {} lost", lost_);
  add("  " + text);
  sent_by_kind_.clear();
  lost_ = 0;
}

}  // namespace bruit::core::transcript
