#include "bruit/maelstrom/task_set.h"

#include <algorithm>
#include <utility>

namespace bruit::maelstrom {

TaskSet::Root TaskSet::run(TaskSet& tasks, std::uint64_t number, Task<void> task,
                           OnError on_error) {
  try {
    co_await std::move(task);
  } catch (...) {
    on_error(std::current_exception());
  }
  tasks.roots_.erase(number);
}

TaskId TaskSet::spawn(Task<void> task, OnError on_error) {
  const TaskId id{next_number_++};
  const auto root = run(*this, id.number, std::move(task), std::move(on_error)).handle;
  roots_.emplace(id.number, root);
  resume(id, root);
  return id;
}

void TaskSet::resume(TaskId task, std::coroutine_handle<> coroutine) {
  running_.push_back(task);
  coroutine.resume();
  running_.pop_back();
  const auto doomed = std::find(doomed_.begin(), doomed_.end(), task);
  if (doomed == doomed_.end()) return;
  // An outer call of this function may run the same task still.
  if (std::find(running_.begin(), running_.end(), task) != running_.end()) return;
  doomed_.erase(doomed);
  cancel(task);
}

bool TaskSet::cancel(TaskId task) {
  const auto found = roots_.find(task.number);
  if (found == roots_.end()) return false;
  if (std::find(running_.begin(), running_.end(), task) != running_.end()) {
    doomed_.push_back(task);
    return true;
  }
  const auto root = found->second;
  roots_.erase(found);
  root.destroy();
  return true;
}

void TaskSet::clear() {
  while (!roots_.empty()) {
    const auto root = roots_.begin()->second;
    roots_.erase(roots_.begin());
    root.destroy();
  }
}

}  // namespace bruit::maelstrom
