// bruit report: the page of a stored run, made again from its files.
#include <fmt/format.h>

#include <CLI/App.hpp>
#include <memory>

#include "bruit/cli/commands.h"
#include "bruit/cli/output/exit_codes.h"
#include "bruit/cli/run_folder.h"
#include "bruit/workbench/report/report.h"

namespace bruit::cli {

void add_report_command(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand(
      "report", "Write the report of a stored run again, from its files, and print where it is");
  const auto run = std::make_shared<RunArgument>();
  add_run_argument(*command, *run)->capture_default_str();
  command->footer(
      "Reads results.edn and trace.jsonl; of a run without a trace, Maelstrom's own for example,\n"
      "history.edn. Exit codes: 0 written, 254 no such run, 255 its files cannot be read or the\n"
      "report not be written.");
  command->callback([run, &exit_code] {
    const auto path = workbench::report::write_report(run->folder());
    fmt::print("{}\n", workbench::report::file_url(path));
    exit_code = exit_valid;
  });
}

}  // namespace bruit::cli
