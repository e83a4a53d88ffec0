// bruit report: the page of a stored run, made again from its files.
#include <fmt/format.h>

#include <CLI/App.hpp>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>

#include "bruit/cli/commands.h"
#include "bruit/workbench/report/report.h"

namespace bruit::cli {

void add_report_command(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand(
      "report", "Write the report of a stored run again, from its files, and print where it is");
  const auto folder = std::make_shared<std::string>("store/latest");
  command->add_option("run", *folder, "The run's folder: store/<workload>/<time>")
      ->capture_default_str();
  command->footer(
      "Reads results.edn and trace.jsonl; of a run without a trace, Maelstrom's own for example,\n"
      "history.edn. Exit codes: 0 written, 254 no such run, 255 its files cannot be read or the\n"
      "report not be written.");
  command->callback([folder, &exit_code] {
    if (!std::filesystem::is_directory(*folder)) {
      throw std::invalid_argument(fmt::format(
          "report: {} is no folder; expected that of a run, store/<workload>/<time>", *folder));
    }
    const auto path = workbench::report::write_report(*folder);
    fmt::print("{}\n", workbench::report::file_url(path));
    exit_code = exit_valid;
  });
}

}  // namespace bruit::cli
