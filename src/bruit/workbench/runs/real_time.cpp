#include "bruit/workbench/runs/real_time.h"

#include <signal.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <optional>

#include "bruit/workbench/processes/process_host.h"

namespace bruit::workbench {
namespace {

namespace asio = boost::asio;
using std::chrono::steady_clock;

constexpr auto progress_interval = std::chrono::milliseconds(200);
// At many events a second, a wake-up for each would cost more than the events. Well below what a
// pipe and a scheduler take.
constexpr auto shortest_sleep = std::chrono::microseconds(50);
// What becomes due meanwhile is waited for without sleep, and leaves in the same writes.
constexpr auto longest_turn = std::chrono::microseconds(200);

// One real-time run.
class RealTimeRun {
 public:
  RealTimeRun(Engine& engine, const Program& program, const std::filesystem::path& log_folder,
              const std::function<void(const Progress&)>& on_progress)
      : engine_(engine),
        on_progress_(on_progress),
        launched_(steady_clock::now()),
        next_event_(io_),
        next_progress_(io_),
        signals_(io_, SIGINT, SIGTERM),
        host_(io_, program, engine.options(), log_folder, engine.host_context(),
              {.now = [this] { return now(); },
               .after_input = [this] { proceed(); },
               .fail =
                   [this](std::string reason) {
                     end({EarlyEnd::Kind::failure, std::move(reason)});
                   }}) {}

  RunTiming run() {
    signals_.async_wait([this](const boost::system::error_code& error, int signal) {
      if (!error) {
        end({EarlyEnd::Kind::interrupt, signal == SIGINT ? "SIGINT" : "SIGTERM"});
      }
    });
    engine_.start(host_, now());
    proceed();
    if (on_progress_) show_progress();
    io_.run();
    if (on_progress_) on_progress_(engine_.progress(now()));
    RunTiming timing{
        .launched = wall_time(Time{}), .first_operation = {}, .last_operation = {}, .ended = {}};
    const auto& operations = engine_.history().ops;
    if (first_operation_ && !operations.empty()) {
      timing.first_operation = wall_time(*first_operation_);
      timing.last_operation = wall_time(*first_operation_ + operations.back().time);
    }
    timing.ended = wall_time(now());
    return timing;
  }

 private:
  Time now() const {
    return Time{std::chrono::duration_cast<Duration>(steady_clock::now() - launched_)};
  }

  RunTiming::WallTime wall_time(Time time) const {
    using WallClock = std::chrono::system_clock;
    return WallClock::now() + std::chrono::duration_cast<WallClock::duration>(time - now());
  }

  // Handles what is due, then sleeps until the next event.
  void proceed() {
    const Time begun = now();
    Time time = begun;
    do {
      engine_.run_due(time);
      time = now();
    } while (time - begun < longest_turn && is_due_before(time + shortest_sleep));
    host_.flush();
    if (!first_operation_ && engine_.phase() >= Phase::load) first_operation_ = now();
    if (engine_.finished()) {
      finish();
      return;
    }
    const auto due = engine_.next_due();
    if (!due) return;
    const Time wake_at = std::max(*due, now() + shortest_sleep);
    if (armed_ && *due <= *armed_ && *armed_ <= wake_at) return;
    armed_ = wake_at;
    next_event_.expires_at(launched_ + (wake_at - Time{}));
    next_event_.async_wait([this](const boost::system::error_code& error) {
      if (error) return;
      armed_.reset();
      proceed();
    });
  }

  bool is_due_before(Time time) const {
    const auto due = engine_.finished() ? std::nullopt : engine_.next_due();
    return due && *due < time;
  }

  void show_progress() {
    on_progress_(engine_.progress(now()));
    next_progress_.expires_after(progress_interval);
    next_progress_.async_wait([this](const boost::system::error_code& error) {
      if (!error && !engine_.finished()) show_progress();
    });
  }

  void end(EarlyEnd reason) {
    engine_.end_early(std::move(reason));
    finish();
  }

  void finish() {
    host_.stop();
    io_.stop();
  }

  Engine& engine_;
  const std::function<void(const Progress&)>& on_progress_;
  steady_clock::time_point launched_;
  asio::io_context io_{1};
  asio::steady_timer next_event_;
  asio::steady_timer next_progress_;
  asio::signal_set signals_;
  ProcessHost host_;
  std::optional<Time> armed_;
  std::optional<Time> first_operation_;
};

}  // namespace

RunTiming run_processes(Engine& engine, const Program& program,
                        const std::filesystem::path& log_folder,
                        const std::function<void(const Progress&)>& on_progress) {
  // A node that has ended must not take the workbench with it: writing to it fails instead.
  ::signal(SIGPIPE, SIG_IGN);
  return RealTimeRun(engine, program, log_folder, on_progress).run();
}

}  // namespace bruit::workbench
