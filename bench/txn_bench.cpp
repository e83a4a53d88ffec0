// What the checkers of transactions take: a history of n transactions of 1 to 4 operations, as
// Maelstrom's generator makes them (ten keys at a time, the last one drawn half of the time, 16 writes
// a key), carried out by a store that is strictly serializable, with ten clients at a time.
//
//     txn_bench [TRANSACTIONS...]      10000 100000 1000000 unless given; 10000000 needs 4 GB
//
// Each history is checked in memory. Then it is written as EDN, read again, and the time of that is
// told beside it; and once more with a thousand anomalies in it: reads that are too old.
#include <fmt/format.h>
#include <malloc.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <functional>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "bruit/workbench/checkers/txn/list_append.h"
#include "bruit/workbench/checkers/txn/rw_register.h"
#include "bruit/workbench/history/txn_history_reader.h"

namespace {

using namespace bruit::workbench;
using txn::Atom;
using txn::TxnHistory;
using txn::TxnResult;
using txn::Values;
using Seconds = std::chrono::duration<double>;

constexpr std::uint32_t key_count = 10;
constexpr std::uint32_t writes_per_key = 16;
constexpr std::int32_t clients = 10;
constexpr std::size_t anomalies = 1000;

double peak_megabytes() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

// What a key holds: each element that was appended, or written.
struct Key {
  std::uint32_t name = 0;
  std::uint32_t planned = 0;  // writes that were handed out
};

struct Mop {
  bool is_read;
  std::uint32_t key;
  std::uint32_t value;
};

class Generator {
 public:
  Generator(Values values, std::size_t transactions, std::size_t stale_reads)
      : history_(values), transactions_(transactions), stale_reads_(stale_reads) {
    for (std::uint32_t i = 0; i < key_count; ++i) keys_.push_back({next_name_++, 0});
  }

  TxnHistory run() {
    history_.reserve(2 * transactions_, 5 * transactions_, 0);
    std::vector<std::vector<Mop>> open(clients);
    std::vector<bool> is_open(clients, false);
    std::size_t begun = 0;
    std::size_t done = 0;
    // A client that is idle begins, one that is not ends: at that moment its transaction happens.
    while (done < transactions_) {
      const auto client = static_cast<std::size_t>(random_() % clients);
      if (is_open[client]) {
        complete(static_cast<std::int32_t>(client), open[client], done);
        is_open[client] = false;
        ++done;
      } else if (begun < transactions_) {
        open[client] = next_transaction();
        invoke(static_cast<std::int32_t>(client), open[client]);
        is_open[client] = true;
        invocation_[client] = static_cast<txn::OpPlace>(history_.ops().size()) - 1;
        ++begun;
      }
    }
    return std::move(history_);
  }

 private:
  std::vector<Mop> next_transaction() {
    std::vector<Mop> mops;
    const std::size_t length = 1 + random_() % 4;
    while (mops.size() < length) {
      const bool is_read = random_() % 2 == 0;
      // Position p with weight 2^p.
      const double drawn = std::uniform_real_distribution<>(0, 2 * (std::pow(2, key_count) - 1))(random_);
      const auto position = static_cast<std::size_t>(std::floor(std::log2(drawn + 2) - 1));
      Key& key = keys_[std::min<std::size_t>(position, key_count - 1)];
      if (is_read) {
        mops.push_back({true, key.name, 0});
      } else if (key.planned == writes_per_key) {
        key = {next_name_++, 0};
      } else {
        mops.push_back({false, key.name, ++key.planned});
      }
    }
    return mops;
  }

  void invoke(std::int32_t client, const std::vector<Mop>& mops) {
    const std::size_t first = history_.mops().size();
    for (const Mop& mop : mops) {
      if (!mop.is_read) {
        history_.add_write(Atom::integer(mop.key), Atom::integer(mop.value));
      } else if (history_.values() == Values::lists) {
        history_.add_nil_read(Atom::integer(mop.key));
      } else {
        history_.add_read(Atom::integer(mop.key), Atom::nil());
      }
    }
    add_op(OpType::invoke, client, first);
  }

  void complete(std::int32_t client, const std::vector<Mop>& mops, std::size_t number) {
    const std::size_t first = history_.mops().size();
    // Every so often a transaction reads what was there long before it began.
    if (stale_reads_ > 0 && number % (transactions_ / stale_reads_) == 0) ++stale_due_;
    for (const Mop& mop : mops) {
      if (mop.key >= states_.size()) states_.resize(mop.key + 1);
      std::vector<std::uint32_t>& state = states_[mop.key];
      if (!mop.is_read) {
        state.push_back(mop.value);
        history_.add_write(Atom::integer(mop.key), Atom::integer(mop.value));
        continue;
      }
      constexpr std::size_t far_back = 12;
      const bool is_stale = stale_due_ > 0 && mops.size() == 1 && state.size() > far_back;
      if (is_stale) --stale_due_;
      const std::size_t size = state.size() - (is_stale ? far_back : 0);
      if (history_.values() == Values::registers) {
        history_.add_read(Atom::integer(mop.key),
                          size == 0 ? Atom::nil() : Atom::integer(state[size - 1]));
      } else if (size == 0) {
        history_.add_nil_read(Atom::integer(mop.key));
      } else {
        for (std::size_t i = 0; i < size; ++i) history_.add_element(Atom::integer(state[i]));
        history_.add_list_read(Atom::integer(mop.key));
      }
    }
    add_op(OpType::ok, client, first);
    history_.pair(invocation_[static_cast<std::size_t>(client)],
                  static_cast<txn::OpPlace>(history_.ops().size()) - 1);
  }

  void add_op(OpType type, std::int32_t client, std::size_t first) {
    const auto index = static_cast<std::uint32_t>(history_.ops().size());
    history_.add_op(type, client, std::int64_t{index} * 50'000, index, first);
  }

  TxnHistory history_;
  std::size_t transactions_;
  std::size_t stale_reads_;
  std::size_t stale_due_ = 0;
  std::mt19937_64 random_{20240607};
  std::vector<Key> keys_;
  std::uint32_t next_name_ = 0;
  std::vector<std::vector<std::uint32_t>> states_;
  std::array<txn::OpPlace, clients> invocation_{};
};

TxnResult check(const TxnHistory& history) {
  return history.values() == Values::lists ? check_list_append(history)
                                           : check_rw_register(history);
}

double seconds_of(const std::function<void()>& work) {
  const auto begun = std::chrono::steady_clock::now();
  work();
  return Seconds(std::chrono::steady_clock::now() - begun).count();
}

std::string as_edn(const TxnHistory& history) {
  std::string text;
  for (txn::OpPlace place = 0; place < history.ops().size(); ++place) {
    text += history.text(place);
    text += '\n';
  }
  return text;
}

void measure(Values values, std::size_t transactions, std::size_t stale_reads) {
  const TxnHistory history = Generator(values, transactions, stale_reads).run();
  ::malloc_trim(0);
  const double held = peak_megabytes();
  TxnResult result;
  const double took = seconds_of([&] { result = check(history); });
  std::string verdict = result.validity == Validity::valid ? "valid" : "invalid";
  if (!result.findings.cycles.empty()) {
    verdict += fmt::format(", {} cycles", result.findings.cycles.size());
  }
  fmt::print("{:<12} {:>9} {:>8.3f} s {:>7.0f} ns each {:>7.0f} MB ({:.0f} before)  {}",
             values == Values::lists ? "list-append" : "rw-register", transactions, took,
             1e9 * took / static_cast<double>(transactions), peak_megabytes(), held, verdict);
  constexpr std::size_t text_max = 1'000'000;
  if (stale_reads == 0 && transactions <= text_max) {
    const std::string text = as_edn(history);
    std::istringstream in(text);
    const double read = seconds_of([&] { read_txn_history(in, "history.edn", values); });
    const double megabytes = static_cast<double>(text.size()) / 1e6;
    fmt::print("  EDN: {:.0f} MB in {:.2f} s, {:.0f} MB/s", megabytes, read, megabytes / read);
  }
  fmt::print("\n");
  std::fflush(stdout);
}

}  // namespace

int main(int count, char** arguments) {
  std::vector<std::size_t> sizes;
  for (int i = 1; i < count; ++i) sizes.push_back(std::strtoull(arguments[i], nullptr, 10));
  if (sizes.empty()) sizes = {10'000, 100'000, 1'000'000};
  for (const std::size_t size : sizes) {
    if (size < 2 * anomalies) {
      fmt::print(stderr, "usage: txn_bench [TRANSACTIONS...]   each at least {}\n", 2 * anomalies);
      return 254;
    }
  }
  for (const Values values : {Values::lists, Values::registers}) {
    for (const std::size_t stale_reads : {std::size_t{0}, anomalies}) {
      for (const std::size_t size : sizes) {
        // A process for each, so that peaks of memory do not mix.
        const pid_t child = ::fork();
        if (child == 0) {
          measure(values, size, stale_reads);
          std::_Exit(0);
        }
        int status = 0;
        ::waitpid(child, &status, 0);
        if (status != 0) return 255;
      }
    }
  }
  return 0;
}
