// What nodes say to clients and to services: no body makes the workbench fail, whatever the
// workload, and what a client makes of one is EDN.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "bruit/maelstrom/json.h"
#include "bruit/workbench/history/edn.h"
#include "bruit/workbench/hosts/services.h"
#include "bruit/workbench/workloads/workloads.h"

using namespace bruit;
using namespace bruit::workbench;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto parsed = maelstrom::read_json(text, maelstrom::InexactNumbers::kept_as_written);
  const auto* value = std::get_if<boost::json::value>(&parsed);
  if (value == nullptr || !value->is_object()) return 0;
  const JsonBody body = json_body(value->get_object());

  Services services(1);
  for (std::uint32_t i = 0; i < service_count; ++i) {
    services.answer(static_cast<ServiceName>(i), "n1", body);
    services.answer(static_cast<ServiceName>(i), "n2", body);
  }

  TestOptions options;
  options.concurrency = 10;
  for (const auto& name : workload_list()) {
    options.workload = *parse_workload(name);
    ElementTable elements;
    const auto rules = make_workload(options, elements);
    Random random(1, 1);
    const std::uint32_t worker = 0;
    for (int i = 0; i < 4; ++i) {
      const Operation operation = rules->next(random, {&worker, 1}).operation;
      const auto decoded = decode_reply(
          body, std::string(operation.f) + "_ok",
          [&](const boost::json::object& fields) { return rules->result(operation, fields); });
      if (!decoded) continue;
      const auto* completed = std::get_if<OpValue>(&decoded->content);
      if (completed == nullptr) continue;
      if (const auto* edn = std::get_if<Edn>(completed)) parse_edn(to_string(*edn));
    }
  }
  return 0;
}
