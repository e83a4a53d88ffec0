#include "bruit/cli/run_folder.h"

#include <fmt/format.h>

#include <CLI/Error.hpp>
#include <system_error>

#include "bruit/cli/flags/recording_flags.h"

namespace bruit::cli {

namespace fs = std::filesystem;

fs::path RunArgument::folder() const {
  std::error_code ignored;
  if (fs::is_directory(run, ignored)) return run;
  const fs::path below = fs::path(store) / run;
  if (fs::is_directory(below, ignored)) return below;
  throw CLI::ValidationError(
      "RUN", fmt::format("there is no run {}: neither a folder of this name nor {}; expected a "
                         "run's folder, or `latest`",
                         run, below.string()));
}

CLI::Option* add_run_argument(CLI::App& app, RunArgument& argument) {
  auto* option =
      app.add_option("run", argument.run, "A run's folder, or a name below the store: `latest`")
          ->type_name("RUN");
  add_store_option(app, argument.store);
  return option;
}

}  // namespace bruit::cli
