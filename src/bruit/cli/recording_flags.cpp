#include "bruit/cli/recording_flags.h"

namespace bruit::cli {

void add_recording_flags(CLI::App& app, workbench::Recording& recording) {
  app.add_flag("!--no-trace", recording.trace,
               "Write no trace.jsonl, which has every message; the report then tells of none");
  app.add_flag("!--no-report", recording.report, "Write no report.html");
}

}  // namespace bruit::cli
