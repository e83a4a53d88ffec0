// Virtual time: jumps from event to event, so a test of half a minute takes milliseconds. Real time
// is runs/real_time.h.
#pragma once

#include "bruit/core/make_strategy.h"
#include "bruit/workbench/engine/engine.h"
#include "bruit/workbench/hosts/in_process_host.h"

namespace bruit::workbench {

// Runs the engine to its end with in-process nodes, which `factory` makes. Deterministic: a
// function of the engine's options and `strategy`.
NodeStatistics run_virtual(Engine& engine, const core::StrategyOptions& strategy,
                           const StrategyFactory& factory = core::make_strategy,
                           InProcessHost::Pending pending = InProcessHost::Pending::watched);

}  // namespace bruit::workbench
