#include "core/transcript/runner.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <variant>

#include "core/transcript/journal.h"
#include "core/transcript/network.h"

namespace bruit::core::transcript {
namespace {

// The lines of both, by a longest common subsequence: " " in both, "-" only before, "+" only after.
// Quadratic, for outputs that people read.
std::string difference_of(const std::vector<std::string>& before,
                          const std::vector<std::string>& after) {
  const std::size_t rows = before.size();
  const std::size_t columns = after.size();
  // common[i][j]: lines that before[i...] and after[j...] have in common.
  std::vector<std::vector<std::size_t>> common(rows + 1, std::vector<std::size_t>(columns + 1, 0));
  for (std::size_t i = rows; i-- > 0;) {
    for (std::size_t j = columns; j-- > 0;) {
      common[i][j] = before[i] == after[j] ? common[i + 1][j + 1] + 1
                                           : std::max(common[i + 1][j], common[i][j + 1]);
    }
  }
  std::string text;
  const auto add = [&text](char mark, const std::string& line) {
    text += fmt::format("{} {}\n", mark, line);
  };
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < rows || j < columns) {
    if (i < rows && j < columns && before[i] == after[j]) {
      add(' ', before[i++]);
      ++j;
    } else if (i < rows && (j == columns || common[i + 1][j] >= common[i][j + 1])) {
      add('-', before[i++]);
    } else {
      add('+', after[j++]);
    }
  }
  return text;
}

}  // namespace

Outputs run_script(const Script& script) {
  Outputs outputs;
  Journal journal;
  Network network(std::get<StartCluster>(script.steps.at(0).command), journal);
  for (const Step& step : script.steps) {
    try {
      std::visit([&network](const auto& command) { network.carry_out(command); }, step.command);
      outputs.push_back(journal.take());
      journal.set_brief(false);
    } catch (const Refusal& refusal) {
      throw ScriptError(script.name, step.line, refusal.what());
    } catch (const std::length_error& error) {
      throw ScriptError(script.name, step.line, error.what());
    }
  }
  return outputs;
}

std::string difference(const Script& script, const Outputs& outputs) {
  std::string text;
  for (std::size_t index = 0; index < script.steps.size(); ++index) {
    const Step& step = script.steps[index];
    if (step.recorded == outputs.at(index)) continue;
    text += fmt::format("{}:{}: {}\n{}", script.name, step.line, script.lines[step.line - 1],
                        difference_of(step.recorded, outputs.at(index)));
  }
  return text;
}

}  // namespace bruit::core::transcript
