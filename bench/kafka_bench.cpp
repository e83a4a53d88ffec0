// What the checker of logs takes: a history of n operations as Maelstrom's generator makes them, with
// ten clients, held against itself in memory. Half of the operations send, half poll; a client
// assigns itself a key once in 64 operations, and crashes once in 256. At the end every client polls
// every key to its end.
//
//     kafka_bench [OPERATIONS...]      10000 100000 1000000 unless given
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include "bruit/workbench/basics/random.h"
#include "bruit/workbench/checkers/kafka/kafka.h"
#include "bruit/workbench/workloads/txn_generator.h"

namespace {

using namespace bruit::workbench;

constexpr std::size_t clients = 10;

double peak_megabytes() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

// Seconds of processor that this process has had: what others do on the machine is not in it.
double processor_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

class Load {
 public:
  explicit Load(std::size_t operations) {
    history_.ops.reserve(2 * operations);
    for (std::size_t i = 0; i < clients; ++i) clients_[i].process = static_cast<std::int64_t>(i);
    while (history_.ops.size() < 2 * operations) step(clients_[random_.below(clients)]);
    for (auto& [number, client] : clients_) {
      client.next.clear();
      for (std::uint64_t key = 0; key < logs_.size(); ++key) client.next[key] = 0;
      EdnVector all;
      for (const auto& [key, next] : client.next) all.items.emplace_back(std::to_string(key));
      client.process += clients;
      add(client, "assign", Edn(all), OpType::ok, Edn(all));
      poll(client);
    }
  }
  History take() { return std::move(history_); }

 private:
  struct Client {
    std::int64_t process = 0;
    std::map<std::uint64_t, std::size_t> next;
  };

  void step(Client& client) {
    const GeneratedMop mop = generator_.next(random_).front();
    const std::string key = std::to_string(mop.key);
    if (mop.key >= logs_.size()) logs_.resize(mop.key + 1);
    if (random_.below(256) == 0) {
      add(client, "crash", Nil{}, OpType::info, Nil{});
      client.process += clients;
      client.next.clear();
    }
    if (random_.below(64) == 0) {
      std::map<std::uint64_t, std::size_t> kept{{mop.key, 0}};
      if (const auto found = client.next.find(mop.key); found != client.next.end()) {
        kept.insert_or_assign(mop.key, found->second);
      }
      client.next = std::move(kept);
      const Edn keys = EdnVector{{key}};
      add(client, "assign", keys, OpType::ok, keys);
    }
    if (!mop.is_write) {
      poll(client);
      return;
    }
    auto& log = logs_[mop.key];
    log.push_back(mop.value);
    add(client, "send", sent(key, mop.value), OpType::ok,
        sent(key, EdnVector{{log.size() - 1, mop.value}}));
  }

  static Edn sent(const std::string& key, Edn value) {
    return EdnVector{{EdnVector{{Edn::keyword("send"), key, std::move(value)}}}};
  }

  void poll(Client& client) {
    EdnMap seen;
    for (auto& [key, next] : client.next) {
      EdnVector pairs;
      for (; next < logs_[key].size(); ++next) {
        pairs.items.emplace_back(EdnVector{{next, logs_[key][next]}});
      }
      if (!pairs.items.empty()) seen.entries.push_back({std::to_string(key), std::move(pairs)});
    }
    add(client, "poll", Edn(EdnVector{{EdnVector{{Edn::keyword("poll")}}}}), OpType::ok,
        Edn(EdnVector{{EdnVector{{Edn::keyword("poll"), std::move(seen)}}}}));
  }

  void add(const Client& client, const char* f, OpValue asked, OpType type, OpValue answered) {
    for (const bool is_invocation : {true, false}) {
      const auto index = history_.ops.size();
      history_.ops.push_back({.index = index,
                              .time = std::chrono::microseconds(50 * index),
                              .type = is_invocation ? OpType::invoke : type,
                              .process = {client.process},
                              .f = f,
                              .value = is_invocation ? std::move(asked) : std::move(answered),
                              .error = {}});
    }
  }

  Random random_{20240607, 1};
  TxnGenerator generator_{10, 1, 16};
  std::vector<std::vector<std::uint64_t>> logs_;
  std::map<std::size_t, Client> clients_;
  History history_;
};

void measure(std::size_t operations) {
  const History history = Load(operations).take();
  const double held = peak_megabytes();
  const double used = processor_seconds();
  const auto begun = std::chrono::steady_clock::now();
  const kafka::KafkaCheck check = kafka::check_kafka(history);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  const double processor = processor_seconds() - used;
  std::size_t polled = 0;
  for (kafka::OpId op = 0; op < check.history.ops().size(); ++op) {
    polled += check.history.polled(op).size();
  }
  fmt::print("{:>9} operations, {:>9} messages polled {:>8.3f} s, {:.3f} s of processor, {:>6.0f} ns each {:>6.0f} MB ({:.0f} "
             "before)  {}\n",
             operations, polled, took.count(), processor, 1e9 * took.count() / static_cast<double>(operations),
             peak_megabytes(), held,
             check.result.validity == Validity::valid ? "valid" : "invalid");
}

}  // namespace

int main(int count, char** arguments) {
  std::vector<std::size_t> sizes;
  for (int i = 1; i < count; ++i) sizes.push_back(std::strtoull(arguments[i], nullptr, 10));
  if (sizes.empty()) sizes = {10'000, 100'000, 1'000'000};
  for (const std::size_t size : sizes) {
    const pid_t child = ::fork();
    if (child == 0) {
      measure(size);
      std::fflush(stdout);
      std::_Exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    if (status != 0) return 255;
  }
  return 0;
}
