#include "bruit/cli/flags/recording_flags.h"

namespace bruit::cli {

void add_recording_flags(CLI::App& app, workbench::Recording& recording) {
  app.add_flag_callback(
      "--no-trace", [&recording] { recording.trace = false; },
      "Write no trace.jsonl, which has every message; the report then tells of none");
  app.add_flag_callback(
      "--no-report", [&recording] { recording.report = false; }, "Write no report.html");
}

void add_store_option(CLI::App& app, std::string& store) {
  app.add_option("--store", store, "The folder for results")
      ->check([](const std::string& folder) {
        return folder.empty() ? std::string("is empty; expected a folder") : std::string();
      })
      ->capture_default_str();
}

}  // namespace bruit::cli
