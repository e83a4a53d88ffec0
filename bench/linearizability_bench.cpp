// What the linearizability checker costs: one register, clients that are always busy, by the number
// of clients, of operations, and of operations whose outcome is unknown.
#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <vector>

#include "bruit/workbench/basics/random.h"
#include "bruit/workbench/checkers/register_linearizability.h"

using namespace bruit::workbench;

namespace {

using Kind = RegisterOperation::Kind;

struct Load {
  std::size_t clients = 10;
  std::size_t operations = 1'000;
  double unknown = 0;  // share of the writes and swaps
};

// What clients see of a register that does each operation at a random moment while it is open; a
// third each are reads, writes and swaps of five values, as in the workload lin-kv.
std::vector<RegisterOperation> history_of(const Load& load) {
  struct Client {
    bool open = false;
    bool done = false;
    RegisterOperation operation;
  };
  Random random(1, 1);
  std::vector<Client> clients(load.clients);
  std::vector<RegisterOperation> history;
  std::uint32_t value = 0;
  std::size_t position = 0;
  while (history.size() < load.operations) {
    Client& client = clients[random.below(clients.size())];
    RegisterOperation& operation = client.operation;
    if (!client.open) {
      operation = {.kind = static_cast<Kind>(random.below(3)),
                   .expected = static_cast<std::uint32_t>(random.below(5)),
                   .written = static_cast<std::uint32_t>(random.below(5)),
                   .invoked = position++};
      client = {.open = true, .done = false, .operation = operation};
    } else if (!client.done) {
      client.done = true;
      if (operation.kind == Kind::read) operation.expected = value;
      if (operation.kind == Kind::cas && operation.expected != value) {
        client.open = false;  // it failed
      } else if (operation.kind != Kind::read) {
        value = operation.written;
      }
    } else {
      client.open = false;
      const bool known = operation.kind == Kind::read || !random.chance(load.unknown);
      if (known) operation.completed = position++;
      history.push_back(operation);
    }
  }
  return history;
}

void measure(const Load& load) {
  const auto history = history_of(load);
  std::size_t unknown = 0;
  for (const auto& operation : history) {
    unknown += operation.completed == RegisterOperation::never ? 1 : 0;
  }
  const auto start = std::chrono::steady_clock::now();
  const auto result = check_register(history, 0);
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
  fmt::print("{:8} {:10} {:8} {:10.1f} {:15}  {}\n", load.clients, history.size(), unknown,
             took.count(), result.configurations_most,
             result.validity == Validity::valid ? "valid" : "unknown");
}

}  // namespace

int main() {
  fmt::print("{:>8} {:>10} {:>8} {:>10} {:>15}\n", "clients", "operations", "unknown", "ms",
             "configurations");
  for (const Load& load :
       {Load{10, 1'000, 0}, Load{10, 10'000, 0}, Load{20, 10'000, 0}, Load{20, 100'000, 0},
        Load{10, 1'000, 0.01}, Load{10, 1'000, 0.03}, Load{10, 10'000, 0.01}}) {
    measure(load);
  }
}
