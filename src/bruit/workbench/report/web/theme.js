// Colours: read from the style sheet, and read again when the system changes between light and
// dark, or the page is printed.
'use strict';

bruit.theme = (() => {
  const listeners = [];
  const read = () => {
    const style = getComputedStyle(document.documentElement);
    const colour = (name) => style.getPropertyValue(`--${name}`).trim();
    return {
      page: colour('page'), panel: colour('panel'), ink: colour('ink'), muted: colour('muted'),
      line: colour('line'), grid: colour('grid'), good: colour('good'), bad: colour('bad'),
      unknown: colour('unknown'), accent: colour('accent'), journey: colour('journey'),
      series: [1, 2, 3, 4, 5, 6, 7, 8].map((n) => colour(`series-${n}`)),
      band: { partition: colour('band-partition'), node: colour('band-node'), network: colour('band-network') },
    };
  };
  const theme = { ...read(), onChange: (listener) => listeners.push(listener) };
  const refresh = () => {
    Object.assign(theme, read());
    for (const listener of listeners) listener();
  };
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', refresh);
  // Paper is light.
  const print = (printing) => () => {
    document.documentElement.classList.toggle('printing', printing);
    refresh();
  };
  addEventListener('beforeprint', print(true));
  addEventListener('afterprint', print(false));
  return theme;
})();

// What kinds of faults are called, and how they are shaded.
bruit.faultGroup = (kind) => {
  if (kind === 'partition' || kind === 'start-partition' || kind === 'cut' || kind === 'stall') return 'partition';
  if (kind === 'kill' || kind === 'pause' || kind === 'clock') return 'node';
  return 'network';
};
bruit.faultGroupNames = { partition: 'partition, cut or stalled links', node: 'node killed, paused or drifting', network: 'loss, duplication, reordering, latency' };
