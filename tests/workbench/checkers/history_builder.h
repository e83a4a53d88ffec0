// HistoryBuilder: histories for tests of checkers, written as a script of what clients did.
#pragma once

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "bruit/workbench/history/history.h"

namespace bruit::workbench {

// Each call appends one operation; indices ascend from 0. Broadcast values are integers.
class HistoryBuilder {
 public:
  // The time of the operations that follow.
  HistoryBuilder& at(std::chrono::nanoseconds time) {
    time_ = time;
    return *this;
  }
  HistoryBuilder& broadcast(OpType type, std::int64_t process, int value) {
    return append(type, {process}, "broadcast", intern(value));
  }
  HistoryBuilder& invoke_read(std::int64_t process) {
    return append(OpType::invoke, {process}, "read", Nil{});
  }
  HistoryBuilder& read(std::int64_t process, const std::vector<int>& values) {
    ElementList list;
    for (const int value : values) list.push_back(intern(value));
    return append(OpType::ok, {process}, "read", std::move(list));
  }
  HistoryBuilder& append(OpType type, Process process, std::string f, OpValue value,
                         bool final = false) {
    history_.ops.push_back({.index = history_.ops.size(),
                            .time = time_,
                            .type = type,
                            .process = process,
                            .f = std::move(f),
                            .value = std::move(value),
                            .error = {},
                            .final = final});
    return *this;
  }
  ElementId intern(int value) { return history_.elements.intern(std::to_string(value)); }

  const History& history() const { return history_; }

 private:
  History history_;
  Duration time_{};
};

}  // namespace bruit::workbench
