// Which stored run an argument means.
#pragma once

#include <CLI/App.hpp>
#include <filesystem>
#include <string>

namespace bruit::cli {

struct RunArgument {
  std::string run = "latest";
  std::string store = "store";

  // A folder, or a name below the store: "latest", "broadcast/20261121T044930.123Z". Throws
  // CLI::ValidationError if there is neither.
  std::filesystem::path folder() const;
};

// The argument `run` and the option --store. `argument` outlives the parsing.
CLI::Option* add_run_argument(CLI::App& app, RunArgument& argument);

}  // namespace bruit::cli
