#include "bruit/cli/recording_flags.h"

namespace bruit::cli {

void add_recording_flags(CLI::App& app, workbench::Recording& recording) {
  app.add_flag_callback(
      "--no-trace", [&recording] { recording.trace = false; },
      "Write no trace.jsonl, which has every message; the report then tells of none");
  app.add_flag_callback(
      "--no-report", [&recording] { recording.report = false; }, "Write no report.html");
}

}  // namespace bruit::cli
