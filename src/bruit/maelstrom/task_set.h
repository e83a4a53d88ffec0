// TaskSet: the tasks that a node runs, so that they can be counted, cancelled, and destroyed with
// it.
#pragma once

#include <coroutine>
#include <cstdint>
#include <exception>
#include <functional>
#include <unordered_map>
#include <vector>

#include "bruit/maelstrom/task.h"

namespace bruit::maelstrom {

// Names a task of one set. Never reused. 0 is no task.
struct TaskId {
  std::uint64_t number = 0;
  friend bool operator==(TaskId, TaskId) = default;
};

class TaskSet {
 public:
  using OnError = std::function<void(std::exception_ptr)>;

  TaskSet() = default;
  TaskSet(const TaskSet&) = delete;
  TaskSet& operator=(const TaskSet&) = delete;
  ~TaskSet() { clear(); }

  // Runs `task` until it waits for the first time, and keeps it until it ends. `on_error` gets what
  // it throws. Returns its name, even if it has ended already.
  TaskId spawn(Task<void> task, OnError on_error);

  // Destroys a task where it waits. A task that is running, because it cancels itself or was
  // cancelled by what it called, is destroyed when it waits next. False if it has ended.
  bool cancel(TaskId task);

  // Destroys all tasks. Not to be called by one of them.
  void clear();

  std::size_t size() const { return roots_.size(); }
  bool contains(TaskId task) const { return roots_.contains(task.number); }

  // The innermost task that is running; an awaiter keeps it and passes it to resume().
  TaskId current() const { return running_.empty() ? TaskId{} : running_.back(); }
  // Resumes a coroutine that suspended while `task` was current.
  void resume(TaskId task, std::coroutine_handle<> coroutine);

 private:
  // The outermost coroutine of a task: destroys itself at its end.
  struct Root {
    struct promise_type {
      Root get_return_object() {
        return {std::coroutine_handle<promise_type>::from_promise(*this)};
      }
      std::suspend_always initial_suspend() const noexcept { return {}; }
      std::suspend_never final_suspend() const noexcept { return {}; }
      void return_void() const noexcept {}
      [[noreturn]] void unhandled_exception() const noexcept { std::terminate(); }
    };
    std::coroutine_handle<promise_type> handle;
  };
  static Root run(TaskSet& tasks, std::uint64_t number, Task<void> task, OnError on_error);

  std::uint64_t next_number_ = 1;
  std::unordered_map<std::uint64_t, std::coroutine_handle<>> roots_;
  std::vector<TaskId> running_;  // innermost last
  std::vector<TaskId> doomed_;   // cancelled while running
};

}  // namespace bruit::maelstrom
