// The stretch of time that the timelines show, and what is chosen. Whoever changes it calls
// changed(); all drawings then follow, at most once a frame.
'use strict';

bruit.view = (() => {
  const { data } = bruit;
  const least = 50;  // microseconds: no zoom goes below
  const margin = 0.01 * (data.end - data.start);
  const whole = { from: data.start - margin, to: data.end + margin };
  const drawings = [];
  let asked = false;

  const view = {
    ...whole,
    node: null,            // only messages of this one
    hiddenTypes: new Set(),
    withClients: false,
    value: null,           // whose journey is shown
    onlyJourney: false,
    message: null,         // kept in the panel
  };

  view.onDraw = (draw) => drawings.push(draw);
  view.drawNow = () => {
    asked = false;
    for (const draw of drawings) draw();
  };
  view.changed = () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      if (asked) view.drawNow();
    });
  };
  view.show = (from, to) => {
    const width = Math.min(Math.max(to - from, least), whole.to - whole.from);
    let start = from + (to - from - width) / 2;
    start = Math.min(Math.max(start, whole.from), whole.to - width);
    view.from = start;
    view.to = start + width;
    view.changed();
  };
  // Around `at`, which stays where it is.
  view.zoom = (factor, at = (view.from + view.to) / 2) => view.show(at - (at - view.from) * factor, at + (view.to - at) * factor);
  view.pan = (by) => view.show(view.from + by, view.to + by);
  view.showAll = () => view.show(whole.from, whole.to);
  return view;
})();
