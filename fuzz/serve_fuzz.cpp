// The site of `bruit serve`: any target, and any body for a simulation. Whatever is asked for,
// nothing but an answer comes, and no file from outside the (empty) store.
#include <cstdint>
#include <string>
#include <string_view>

#include "bruit/serve/live_run.h"
#include "bruit/serve/site.h"
#include "fuzz/require.h"

using namespace bruit;
using namespace bruit::serve;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  static const Site site({.store = "/nonexistent/store", .hosts = {}});
  Request request;
  request.target = text;
  const Response response = site.respond(request);
  require(response.status == 200 || response.status == 404);
  require(std::holds_alternative<std::string>(response.body));
  try {
    const auto options = parse_live_request(text);
    require(!options.test.nodes.empty() && options.test.nodes.size() <= live_nodes_max);
  } catch (const LiveRequestError&) {
  }
  return 0;
}
