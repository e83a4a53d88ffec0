#include "bruit/workbench/workloads/lin_kv.h"

#include <algorithm>
#include <utility>

#include "bruit/core/check.h"
#include "bruit/workbench/history/edn_json.h"

namespace bruit::workbench {
namespace {

constexpr std::uint64_t value_count = 5;
constexpr std::uint32_t usual_process_limit = 20;
constexpr Duration least_timeout = std::chrono::seconds(1);

}  // namespace

// With more than ten nodes a group alone has more processes than the limit, and Maelstrom never
// finds a key. Here such a key may see as many again.
LinKvRules::LinKvRules(const TestOptions& options)
    : timeout_(std::max(10 * options.latency, least_timeout)),
      half_(static_cast<std::uint32_t>(options.nodes.size())),
      process_limit_(std::max(usual_process_limit, 4 * half_)),
      groups_(options.concurrency / group_size(options)),
      next_key_(static_cast<std::uint32_t>(groups_.size())) {
  BRUIT_CHECK(!groups_.empty() && options.concurrency % group_size(options) == 0);
  for (std::uint32_t i = 0; i < groups_.size(); ++i) groups_[i] = {i, 2 * half_};
}

std::size_t LinKvRules::draw_worker(Random& random,
                                    std::span<const std::uint32_t> free_workers) const {
  // Halves 2g and 2g + 1 are those of group g.
  std::vector<std::uint32_t> count(2 * groups_.size());
  for (const auto worker : free_workers) ++count[worker / half_];
  std::vector<std::uint32_t> choices;
  for (std::uint32_t group = 0; group < groups_.size(); ++group) {
    if (count[2 * group] + count[2 * group + 1] > 0) choices.push_back(group);
  }
  std::uint32_t half = 2 * choices[random.below(choices.size())];
  if (count[half] == 0 || (count[half + 1] > 0 && random.chance(0.5))) ++half;
  std::uint64_t nth = random.below(count[half]);
  for (std::size_t i = 0;; ++i) {
    if (free_workers[i] / half_ == half && nth-- == 0) return i;
  }
}

Turn LinKvRules::next(Random& random, std::span<const std::uint32_t> free_workers) {
  const std::size_t position = draw_worker(random, free_workers);
  const std::uint32_t worker = free_workers[position];
  Group& group = groups_[worker / (2 * half_)];
  if (group.processes > process_limit_) group = {next_key_++, 2 * half_};

  Turn turn{.operation = {}, .worker = position};
  Operation& operation = turn.operation;
  operation.members = {{"key", group.key}};
  const auto of_key = [&](Edn value) { return EdnVector{{group.key, std::move(value)}}; };
  const bool reads = worker / half_ % 2 == 0;
  if (reads) {
    operation.f = "read";
    operation.value = of_key({});
  } else if (random.below(3) == 0) {
    const auto value = random.below(value_count);
    operation.f = "write";
    operation.value = of_key(value);
    operation.members["value"] = value;
  } else {
    const auto from = random.below(value_count);
    const auto to = random.below(value_count);
    operation.f = "cas";
    operation.value = of_key(EdnVector{{from, to}});
    operation.members["from"] = from;
    operation.members["to"] = to;
  }
  return turn;
}

void LinKvRules::on_process_retired(std::uint32_t worker) {
  ++groups_[worker / (2 * half_)].processes;
}

std::variant<OpValue, BadReply> LinKvRules::result(const Operation& operation,
                                                   const boost::json::object& body) const {
  if (!is_read(operation)) {
    if (auto bad = find_surplus(body, {})) return *std::move(bad);
    return operation.value;
  }
  if (auto bad = find_surplus(body, {"value"})) return *std::move(bad);
  if (auto bad = find_missing(body, "value")) return *std::move(bad);
  // [3 nil] becomes [3 4].
  Edn value = std::get<Edn>(operation.value);
  value.get_if<EdnVector>()->items[1] = to_edn(body.at("value"));
  return value;
}

}  // namespace bruit::workbench
