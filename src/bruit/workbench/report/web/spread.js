// How long values took to get everywhere, in microseconds, ascending.
'use strict';

bruit.spread = (() => {
  const { data } = bruit;
  const ascending = (list) => list.sort((a, b) => a - b);

  // Maelstrom's: until the last read that missed the value.
  const stable = () => ascending(data.values.filter((value) => value.outcome === 0).map((value) => value.stableLatency));
  // Until the last node had it; only of values that are everywhere.
  const propagation = () => ascending(data.values
    .filter((value) => value.acknowledged !== null && value.arrivals.length === data.nodes.length && data.nodes.length > 0)
    .map((value) => Math.max(0, value.arrivals[value.arrivals.length - 1].at - value.acknowledged)));
  return { stable, propagation };
})();
