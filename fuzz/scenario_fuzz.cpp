// Scenarios: any bytes are a schedule of faults and operations, or an error with its line; what is
// accepted is written and read back equal, and small ones are carried out.
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bruit/workbench/faults/scenario_text.h"
#include "bruit/workbench/simulation/simulation.h"
#include "fuzz/require.h"

namespace {

using namespace bruit::workbench;

bool is_small(const Scenario& scenario) {
  return scenario.faults.size() <= 20 &&
         (!scenario.operations || scenario.operations->size() <= 20);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  SimulationOptions options;
  options.test.nodes = numbered_nodes(5);
  options.test.time_limit = std::chrono::seconds(20);
  options.test.rate = 1;
  const ScenarioBounds bounds{.nodes = options.test.nodes,
                              .clients = options.test.concurrency,
                              .time_limit = options.test.time_limit};
  try {
    const Scenario scenario = parse_scenario(text, bounds);
    for (const auto& [at, fault] : scenario.faults) require(fits(fault, 5));
    require(parse_scenario(to_text(scenario, options.test.nodes), bounds) == scenario);
    if (!is_small(scenario)) return 0;
    options.strategy.kind = bruit::core::StrategyKind::flood;
    options.test.scenario = std::make_shared<const Scenario>(scenario);
    require(!simulate(options).early_end.has_value());
  } catch (const ScenarioError& error) {
    require(std::string_view(error.what()).starts_with("line "));
  }
  return 0;
}
