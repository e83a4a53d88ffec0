// set-full against a naive model: every value is looked at in every read, straight from the
// definition.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <optional>
#include <set>

#include "bruit/workbench/checkers/set_full.h"
#include "workbench/checkers/history_builder.h"

namespace bruit::workbench {
namespace {

using std::chrono::milliseconds;

// What the model keeps of one value: copies of whole operations, as the original does.
struct ModelElement {
  std::optional<Op> known;
  std::optional<Op> last_present;
  std::optional<Op> last_absent;
};

struct ModelResult {
  std::vector<int> lost;
  std::vector<int> never_read;
  std::vector<int> stable;
  std::map<int, std::int64_t> stale;  // latencies in milliseconds
  std::vector<std::int64_t> stable_latencies;
  std::vector<std::int64_t> lost_latencies;
};

ModelResult model(const History& history) {
  const auto value_of = [&](ElementId id) { return std::stoi(history.elements.text(id)); };
  std::map<int, ModelElement> elements;
  for (std::size_t i = 0; i < history.ops.size(); ++i) {
    const Op& op = history.ops[i];
    if (op.f == "broadcast") {
      const int value = value_of(std::get<ElementId>(op.value));
      if (op.type == OpType::invoke) elements[value] = {};
      if (op.type == OpType::ok && !elements[value].known) elements[value].known = op;
    } else if (op.f == "read" && op.type == OpType::ok) {
      std::size_t j = i - 1;
      while (history.ops[j].process != op.process) --j;
      const Op& invocation = history.ops[j];
      std::set<int> read;
      for (const ElementId id : std::get<ElementList>(op.value)) read.insert(value_of(id));
      for (auto& [value, element] : elements) {
        if (read.contains(value) && !element.known) element.known = op;
        auto& last = read.contains(value) ? element.last_present : element.last_absent;
        if (!last || last->index < invocation.index) last = invocation;
      }
    }
  }
  ModelResult result;
  const auto index = [](const std::optional<Op>& op) {
    return op ? static_cast<std::int64_t>(op->index) : -1;
  };
  const auto latency = [](const std::optional<Op>& last, const Op& known) {
    const std::int64_t end = last ? last->time.count() + 1 : 0;
    return std::max<std::int64_t>(0, end - known.time.count()) / 1'000'000;
  };
  for (const auto& [value, element] : elements) {
    const bool stable =
        element.last_present && index(element.last_absent) < index(element.last_present);
    const bool lost = element.known && element.last_absent &&
                      index(element.last_present) < index(element.last_absent) &&
                      index(element.known) < index(element.last_absent);
    if (stable) {
      result.stable.push_back(value);
      result.stable_latencies.push_back(latency(element.last_absent, *element.known));
      if (result.stable_latencies.back() > 0) result.stale[value] = result.stable_latencies.back();
    } else if (lost) {
      result.lost.push_back(value);
      result.lost_latencies.push_back(latency(element.last_present, *element.known));
    } else {
      result.never_read.push_back(value);
    }
  }
  return result;
}

// One move of one of four clients; what the numbers mean depends on what the client is doing.
struct Move {
  std::uint8_t client = 0;
  std::uint8_t choice = 0;
  std::uint32_t bits = 0;
};

std::vector<Move> arbitrary_moves() {
  return *rc::gen::scale(4.0, rc::gen::container<std::vector<Move>>(rc::gen::build<Move>(
                                  rc::gen::set(&Move::client, rc::gen::inRange<std::uint8_t>(0, 4)),
                                  rc::gen::set(&Move::choice, rc::gen::inRange<std::uint8_t>(0, 8)),
                                  rc::gen::set(&Move::bits))));
}

// Which of the values broadcast so far a read returns: few, most or all, some twice, some of
// nobody.
std::vector<int> read_values(const Move& move, int broadcast_count) {
  std::vector<int> read;
  for (int value = 0; value < broadcast_count; ++value) {
    const bool listed = ((move.bits >> static_cast<unsigned>(value % 31)) & 1U) != 0;
    if (listed || move.choice >= 6) read.push_back(value);
    if (listed && move.choice == 5) read.push_back(value);
  }
  if (move.choice == 4) read.push_back(broadcast_count + 1);
  return read;
}

History history_of(const std::vector<Move>& moves) {
  enum class Doing { nothing, broadcasting, reading };
  struct Client {
    std::int64_t process;
    Doing doing = Doing::nothing;
    int value = 0;
  };
  std::vector<Client> clients = {{0}, {1}, {2}, {3}};
  HistoryBuilder builder;
  std::chrono::nanoseconds now{0};
  int broadcast_count = 0;
  for (const Move& move : moves) {
    now += std::chrono::nanoseconds(move.bits % 3'000'000);
    builder.at(now);
    Client& client = clients[move.client];
    const std::int64_t process = client.process;
    if (client.doing == Doing::nothing) {
      if (move.choice < 4) {
        // Now and then a value that was broadcast before.
        const bool again = move.choice == 0 && move.bits % 4 == 0 && broadcast_count > 0;
        client.value =
            again ? static_cast<int>(move.bits / 4) % broadcast_count : broadcast_count++;
        client.value = std::abs(client.value);
        builder.broadcast(OpType::invoke, process, client.value);
        client.doing = Doing::broadcasting;
      } else {
        builder.invoke_read(process);
        client.doing = Doing::reading;
      }
      continue;
    }
    const bool reading = client.doing == Doing::reading;
    client.doing = Doing::nothing;
    if (reading && move.choice > 0) {
      builder.read(process, read_values(move, broadcast_count));
    } else if (reading) {
      builder.append(OpType::fail, {process}, "read", Nil{});
    } else if (move.choice > 1) {
      builder.broadcast(OpType::ok, process, client.value);
    } else {
      builder.broadcast(OpType::info, process, client.value);
      client.process += 4;  // an operation of unknown fate retires its process
    }
  }
  return builder.history();
}

std::optional<LatencyQuantiles> model_quantiles(std::vector<std::int64_t> latencies) {
  if (latencies.empty()) return std::nullopt;
  std::sort(latencies.begin(), latencies.end());
  LatencyQuantiles quantiles{};
  for (std::size_t i = 0; i < quantiles.size(); ++i) {
    const auto n = static_cast<double>(latencies.size());
    quantiles[i] = milliseconds(
        latencies[static_cast<std::size_t>(std::min(n - 1, std::floor(n * latency_points[i])))]);
  }
  return quantiles;
}

RC_GTEST_PROP(SetFullModel, GivesTheSameOutcomes, ()) {
  const History history = history_of(arbitrary_moves());
  const SetFullResult result = check_set_full(history);
  const ModelResult expected = model(history);
  const auto values = [&](const std::vector<ElementId>& elements) {
    std::vector<int> numbers;
    for (const ElementId id : elements) numbers.push_back(std::stoi(history.elements.text(id)));
    return numbers;
  };
  RC_TAG(expected.lost.empty() ? "nothing lost" : "lost");
  RC_ASSERT(values(result.lost) == expected.lost);
  RC_ASSERT(values(result.never_read) == expected.never_read);
  RC_ASSERT(result.stable_count == expected.stable.size());
  RC_ASSERT(result.attempt_count ==
            expected.lost.size() + expected.never_read.size() + expected.stable.size());

  std::vector<int> stale;
  for (const auto& [value, latency] : expected.stale) stale.push_back(value);
  RC_ASSERT(values(result.stale) == stale);
  std::reverse(stale.begin(), stale.end());
  std::stable_sort(stale.begin(), stale.end(),
                   [&](int a, int b) { return expected.stale.at(a) > expected.stale.at(b); });
  stale.resize(std::min(stale.size(), SetFullResult::worst_stale_max));
  std::vector<ElementId> worst;
  for (const StaleElement& element : result.worst_stale) worst.push_back(element.element);
  RC_ASSERT(values(worst) == stale);

  RC_ASSERT(result.stable_latencies == model_quantiles(expected.stable_latencies));
  RC_ASSERT(result.lost_latencies == model_quantiles(expected.lost_latencies));
  const Validity validity = !expected.lost.empty()    ? Validity::invalid
                            : expected.stable.empty() ? Validity::unknown
                                                      : Validity::valid;
  RC_ASSERT(result.validity == validity);
}

}  // namespace
}  // namespace bruit::workbench
