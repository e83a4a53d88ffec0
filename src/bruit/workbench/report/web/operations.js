// The timeline of operations: a row for each client, a bar from invocation to completion.
'use strict';

bruit.describeOperation = (i) => {
  const { data: { operations, values }, format } = bruit;
  const outcome = ['ok', 'failed', 'unknown', 'not completed'][operations.outcome[i]];
  const kind = operations.kinds[operations.f[i]];
  const value = operations.element[i] >= 0 ? ` ${bruit.textOfElement(operations.element[i])}` : '';
  const listed = operations.listed[i] >= 0 ? `, ${format.count(operations.listed[i])} values` : '';
  const error = operations.error.has(i) ? ` ${operations.error.get(i)}` : '';
  const took = operations.took[i] >= 0 ? ` after ${format.duration(operations.took[i])}` : '';
  return `process ${operations.process[i]}: ${operations.final.has(i) ? 'final ' : ''}${kind}${value} at ${format.moment(operations.invoked[i])}, ${outcome}${took}${listed}${error}`;
};

bruit.textOfElement = (() => {
  const texts = new Map(bruit.data.values.map((value) => [value.element, value.text]));
  return (element) => texts.get(element) ?? '?';
})();

bruit.operationsTimeline = () => {
  const { data, view, theme } = bruit;
  const { operations } = data;
  const { element, byId } = bruit.dom;
  const canvas = byId('operations');

  // A process that does not know what became of its operation goes on under another number; its row stays.
  const workers = Math.max(1, data.options?.concurrency ?? operations.process.reduce((most, process) => Math.max(most, process + 1), 1));
  const rows = Math.min(workers, 1000);
  const pitch = Math.max(2, Math.min(9, 150 / rows));
  const top = 20;
  const height = Math.round(top + rows * pitch + 8);
  const row = (i) => top + ((operations.process[i] % workers) % rows + 0.5) * pitch;
  const end = (i) => (operations.took[i] < 0 ? data.end : operations.invoked[i] + operations.took[i]);
  const longest = operations.took.reduce((most, took) => Math.max(most, took), 0);

  const firstAfter = (at) => {
    let low = 0;
    let high = operations.count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (operations.invoked[middle] < at) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const colour = (i) => (operations.outcome[i] === 1 ? theme.bad : operations.outcome[i] >= 2 ? theme.unknown : theme.series[operations.f[i] % 2]);

  const draw = (line) => {
    const { context } = line;
    context.fillStyle = theme.muted;
    context.textBaseline = 'middle';
    context.textAlign = 'left';
    context.fillText('clients', 12, top + (rows * pitch) / 2);
    line.clipped(() => {
      line.bands(top, height - 6);
      const shapes = new Map();
      for (let i = firstAfter(view.from - longest - 1); i < operations.count && operations.invoked[i] <= view.to; ++i) {
        if (end(i) < view.from) continue;
        const x = line.x(operations.invoked[i]);
        const key = colour(i);
        if (!shapes.has(key)) shapes.set(key, new Path2D());
        shapes.get(key).rect(x, row(i) - pitch * 0.36, Math.max(1.5, line.x(end(i)) - x), Math.max(1, pitch * 0.72));
      }
      context.globalAlpha = view.value === null ? 0.9 : 0.3;
      for (const [key, shape] of shapes) {
        context.fillStyle = key;
        context.fill(shape);
      }
      context.globalAlpha = 1;
      if (view.value !== null) {
        for (const i of [view.value.broadcast, view.value.lastAbsent]) {
          if (i < 0 || i >= operations.count) continue;
          context.strokeStyle = theme.journey;
          context.lineWidth = 2;
          context.strokeRect(line.x(operations.invoked[i]) - 3, row(i) - 4, Math.max(6, line.x(end(i)) - line.x(operations.invoked[i]) + 6), 8);
        }
      }
    });
    context.fillStyle = theme.muted;
    context.textAlign = 'left';
    let x = line.gutter;
    for (const [name, shade] of [...operations.kinds.slice(0, 2).map((kind, f) => [`${kind} ok`, theme.series[f]]), ['failed', theme.bad], ['unknown', theme.unknown]]) {
      context.fillStyle = shade;
      context.fillRect(x, 5, 9, 9);
      context.fillStyle = theme.muted;
      context.fillText(name, x + 14, 10);
      x += context.measureText(name).width + 32;
    }
  };

  const pick = (line, { x, y }) => {
    let best = null;
    let distance = 7;
    const from = line.time(x - 8);
    for (let i = firstAfter(from - longest); i < operations.count && operations.invoked[i] <= line.time(x + 8); ++i) {
      const left = line.x(operations.invoked[i]);
      const away = Math.max(left - x, x - line.x(end(i)), 0) + Math.abs(row(i) - y);
      if (away < distance) {
        distance = away;
        best = i;
      }
    }
    return best;
  };

  bruit.timeline({
    canvas, height, draw, pick,
    describe: (i) => [element('span', {}, bruit.describeOperation(i))],
    choose: (i) => {
      const chosen = data.values.find((value) => value.element === operations.element[i]);
      if (chosen !== undefined) bruit.chooseValue(chosen);
    },
  });
};
