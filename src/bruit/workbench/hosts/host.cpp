#include "bruit/workbench/hosts/host.h"

#include <stdexcept>

namespace bruit::workbench {
namespace {

[[noreturn]] void cannot(const char* what) {
  throw std::logic_error(std::string("these nodes cannot be ") + what + " by the workbench");
}

}  // namespace

void Host::kill(std::uint32_t, Time) { cannot("killed"); }
void Host::restart(std::uint32_t, Time) { cannot("restarted"); }
void Host::pause(std::uint32_t, Time) { cannot("paused"); }
void Host::resume(std::uint32_t, Time) { cannot("resumed"); }
void Host::set_clock_rate(std::uint32_t, std::int64_t, Time) { cannot("given another clock"); }

}  // namespace bruit::workbench
