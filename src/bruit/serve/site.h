// Site: what `bruit serve` answers, request by request, without a socket.
//
//     /                                  the runs of the store
//     /run/<workload>/<time>             one run: verdict, figures, files
//     /compare?a=<run>&b=<run>           two runs side by side; a run is <workload>/<time>
//     /live                              a simulation to play with
//     /store/<workload>/<time>/<file>    a file of a run, as it is
//     /api/runs, /api/run/<run>          the same as JSON
//     POST /api/simulate                 live_run.h
//
// Files of the store come with a policy that keeps them from acting as a page of this site: they
// hold what the nodes under test wrote.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "bruit/serve/http.h"
#include "bruit/serve/run_store.h"

namespace bruit::serve {

struct SiteOptions {
  std::filesystem::path store;
  // Names under which the site may be asked for, without port; empty: any. A page of another site
  // that has its name point to this machine (DNS rebinding) so gets nothing.
  std::vector<std::string> hosts;
};

class Site {
 public:
  explicit Site(SiteOptions options) : options_(std::move(options)), store_(options_.store) {}

  // For requests of any kind, from several threads at once.
  Response respond(const Request& request) const;

 private:
  Response get(const Target& target) const;
  Response post(const Target& target, const Request& request) const;
  Response show_run(const RunName& run) const;
  Response list_runs() const;
  Response describe_run(const RunName& run) const;
  Response send_file(const RunName& run, const std::vector<std::string>& name) const;

  SiteOptions options_;
  RunStore store_;
};

}  // namespace bruit::serve
