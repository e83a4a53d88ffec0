// bruit serve: the store and live simulations in a browser.
#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Validators.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

#include "bruit/cli/commands.h"
#include "bruit/cli/flags/number_check.h"
#include "bruit/cli/output/exit_codes.h"
#include "bruit/serve/server.h"
#include "bruit/serve/site.h"

namespace bruit::cli {
namespace {

struct ServeCommand {
  serve::ServerOptions server{.address = "127.0.0.1", .port = 8080, .workers = 2};
  std::string store = "store";
  std::vector<std::string> hosts;

  int run() {
    if (std::filesystem::exists(store) && !std::filesystem::is_directory(store)) {
      throw std::invalid_argument(
          fmt::format("--store {}: is a file; expected the folder of runs", store));
    }
    const bool on_loopback = server.address.starts_with("127.") || server.address == "::1";
    std::vector<std::string> allowed = hosts;
    if (on_loopback || !hosts.empty()) {
      for (const auto* name : {"localhost", "127.0.0.1", "[::1]"}) allowed.emplace_back(name);
      allowed.push_back(server.address);
    }
    server.workers = std::max(2U, std::thread::hardware_concurrency());
    const serve::Site site({.store = store, .hosts = std::move(allowed)});
    serve::Server listening(server,
                            [&](const serve::Request& request) { return site.respond(request); });
    listening.stop_at_signals();
    if (!std::filesystem::is_directory(store)) {
      fmt::print(stderr, "bruit: there is no {} yet; runs will show once `bruit test` makes it\n",
                 store);
    }
    if (!on_loopback) {
      fmt::print(stderr, "bruit: {} is open to whoever reaches it; there is no password\n",
                 server.address);
    }
    fmt::print("http://{}/  runs in {}\nhttp://{}/live  a cluster to play with\nCtrl-C ends.\n",
               listening.address(), store, listening.address());
    std::fflush(stdout);
    listening.run();
    return exit_valid;
  }
};

}  // namespace

void add_serve_command(CLI::App& app, int& exit_code) {
  auto* command =
      app.add_subcommand("serve", "Show the runs of the store, and live simulations, in a browser");
  const auto state = std::make_shared<ServeCommand>();
  command->add_option("--store", state->store, "The folder where `bruit test` leaves its runs")
      ->type_name("DIR")
      ->capture_default_str();
  command->add_option("--port", state->server.port, "Listen on this port (0: one that is free)")
      ->check(whole_number(0, 65535))
      ->capture_default_str();
  command
      ->add_option("--listen", state->server.address,
                   "Listen on this address. Others than loopback can be reached from other\n"
                   "machines, without a password")
      ->type_name("ADDRESS")
      ->capture_default_str();
  command
      ->add_option("--host", state->hosts,
                   "Answer requests for this name too. On loopback only localhost and\n"
                   "127.0.0.1 are answered, elsewhere any name unless this is given")
      ->type_name("NAME");
  command->callback([state, &exit_code] { exit_code = state->run(); });
}

}  // namespace bruit::cli
