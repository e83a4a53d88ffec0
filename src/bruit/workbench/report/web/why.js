// What is wrong with transactions and logs: in words, a cycle as a graph beside its transactions in
// time, and of a log what each of the operations concerned saw of it, offset by offset.
'use strict';

bruit.why = (() => {
  const { data, format } = bruit;
  const { element, byId } = bruit.dom;
  const workload = data.results?.workload ?? {};
  const shownMax = 3;

  const svg = (name, attributes, ...children) => {
    const made = document.createElementNS('http://www.w3.org/2000/svg', name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  };

  // ---- Cycles.

  // The shortest cycle of each kind, the shortest ones first.
  const cycles = () => {
    const found = [];
    const collect = (kind, entries) => {
      const list = (Array.isArray(entries) ? entries : []).filter((entry) => entry?.cycle && entry?.steps);
      list.sort((a, b) => a.steps.length - b.steps.length);
      if (list.length) found.push({ kind, ...list[0] });
    };
    for (const [kind, entries] of Object.entries(workload.anomalies ?? {})) collect(kind, entries);
    for (const kind of workload['error-types'] ?? []) collect(kind, workload[kind]?.errs);
    return found.sort((a, b) => a.steps.length - b.steps.length).slice(0, shownMax);
  };

  // When an operation began, microseconds, if the run's own operations have it.
  const beginning = (op) => {
    const { operations } = data;
    const ended = op.time / 1000;
    for (let i = 0; i < operations.count; ++i) {
      if (operations.process[i] !== op.process) continue;
      if (Math.abs(operations.invoked[i] + operations.took[i] - ended) < 1) return operations.invoked[i];
    }
    return ended;
  };

  const because = (step, from, to) => {
    const key = `key ${JSON.stringify(step.key)}`;
    const value = JSON.stringify(step.value);
    const next = JSON.stringify(step["value'"]);
    if (step.type === 'ww') return `overwritten: ${key}, ${value} then ${next}`;
    if (step.type === 'wr') return `read: ${key}, ${value}`;
    if (step.type === 'rw') return `not seen: ${key}, ${next}`;
    return step.type === 'realtime' ? `${from} ended before ${to} began` : `${from} was first in its process`;
  };

  const drawCycle = ({ kind, cycle, steps }) => {
    const ops = cycle.slice(0, -1);
    const rowHeight = 46;
    const width = 640;
    const left = 14;
    const right = 250;  // of the bars; then come the arrows and why
    const spans = ops.map((op) => [beginning(op), op.time / 1000]);
    const from = Math.min(...spans.map((span) => span[0]));
    const to = Math.max(...spans.map((span) => span[1]), from + 1);
    const x = (time) => left + 30 + (time - from) / (to - from) * (right - left - 30);
    const y = (row) => 26 + row * rowHeight;
    const parts = [];
    ops.forEach((op, row) => {
      const [begun, ended] = spans[row];
      parts.push(svg('text', { x: left, y: y(row) + 4, class: 'why-name' }, `T${row + 1}`));
      parts.push(svg('line', { x1: left + 30, x2: right, y1: y(row), y2: y(row), class: 'why-lane' }));
      parts.push(svg('rect', { x: x(begun), y: y(row) - 7, width: Math.max(4, x(ended) - x(begun)), height: 14, rx: 3, class: 'why-bar' },
        svg('title', {}, `index ${op.index}, process ${op.process}, ${format.moment(begun)} to ${format.moment(ended)}`)));
    });
    steps.forEach((step, i) => {
      const target = (i + 1) % ops.length;
      // Beside each other, so that no two arrows share a line.
      const bend = right + 30 + 22 * (i % 4);
      const a = y(i) + 5;
      const b = y(target) - 5;
      parts.push(svg('path', { d: `M ${right + 6} ${a} C ${bend} ${a}, ${bend} ${b}, ${right + 10} ${b}`, class: `why-arrow ${step.type}` }));
      parts.push(svg('path', { d: `M ${right + 16} ${b - 4} L ${right + 8} ${b} L ${right + 16} ${b + 4}`, class: `why-arrow ${step.type}` }));
      parts.push(svg('text', { x: right + 105, y: y(i) + 4, class: 'why-step' }, `T${i + 1} → T${target + 1}  ${because(step, `T${i + 1}`, `T${target + 1}`)}`));
    });
    const height = y(ops.length - 1) + 24;
    const label = `${kind}: ${ops.map((_, i) => `T${i + 1}`).join(' before ')} before T1`;
    return element('figure', { class: 'why-figure' },
      element('figcaption', {}, label),
      element('div', { class: 'scroll' }, svg('svg', { viewBox: `0 0 ${width} ${height}`, width, height, role: 'img', 'aria-label': label }, ...parts)),
      element('ol', { class: 'why-ops' }, ...ops.map((op, i) => element('li', {},
        `T${i + 1}: index ${op.index}, process ${op.process}: `, element('code', {}, (op.value ?? []).map((mop) => JSON.stringify(mop)).join(' '))))));
  };

  // ---- Logs.

  // [offset, value] of what an operation sent to a key or polled from it.
  const pairsOf = (op, key) => (op.value ?? []).flatMap(([f, a, b]) => {
    if (f === 'send') return String(a) === String(key) && Array.isArray(b) ? [b] : [];
    return f === 'poll' ? a?.[key] ?? [] : [];
  });

  const drawLog = (kind, error) => {
    const ops = (error.ops ?? [error.op, error.writer, error['max-read'], error.reader]).filter((op) => op);
    const columns = ops.map((op) => new Map(pairsOf(op, error.key).map(([offset, value]) => [offset, value])));
    const culprits = new Set([...(error.skipped ?? []), ...(error.skipped ? [] : error.values?.slice(1) ?? []), error.value]
      .filter((value) => value !== undefined).map((value) => JSON.stringify(value)));
    const isCulprit = (value) => value !== undefined && culprits.has(JSON.stringify(value));
    let offsets = [...new Set(columns.flatMap((column) => [...column.keys()]))].sort((a, b) => a - b);
    // What was skipped stands before the first thing that comes after it.
    const first = error.skipped ? columns.at(-1)?.keys().next().value : offsets.find((offset) => columns.some((column) => isCulprit(column.get(offset))));
    const middle = Math.max(0, offsets.indexOf(first));
    offsets = offsets.slice(Math.max(0, middle - 6), middle + 7);
    const cell = (value) => element('td', isCulprit(value) ? { class: 'culprit' } : {}, value === undefined ? '' : JSON.stringify(value));
    const rows = offsets.flatMap((offset) => {
      const row = element('tr', {}, element('th', { scope: 'row' }, String(offset)), ...columns.map((column) => cell(column.get(offset))));
      if (!error.skipped || offset !== first) return [row];
      const missing = error.skipped.slice(0, 8).map((value) => element('tr', {}, element('th', { scope: 'row' }, '…'),
        ...columns.map((_, i) => element('td', i === columns.length - 1 ? { class: 'culprit' } : {}, i === columns.length - 1 ? `${JSON.stringify(value)} is missing` : ''))));
      return [...missing, row];
    });
    const head = element('tr', {}, element('th', { scope: 'col' }, 'offset'), ...ops.map((op) => element('th', { scope: 'col' },
      `${op.f} at index ${op.index}, process ${op.process}`)));
    return element('figure', { class: 'why-figure' },
      element('figcaption', {}, `${kind}: the log of key ${JSON.stringify(error.key)}, as these operations saw it`),
      element('div', { class: 'scroll' }, element('table', { class: 'why-log' }, element('thead', {}, head), element('tbody', {}, ...rows))));
  };

  const logs = () => (workload['error-types'] ?? []).flatMap((kind) => {
    const error = workload[kind]?.errs?.find?.((entry) => entry?.key !== undefined && (entry.ops || entry.op || entry.writer));
    return error ? [drawLog(kind, error)] : [];
  }).slice(0, shownMax);

  return () => {
    const pictures = [...cycles().map(drawCycle), ...logs()];
    if (!data.why && pictures.length === 0) return;
    byId('why-section').hidden = false;
    byId('why').append(...pictures);
    if (data.why) byId('why').append(element('pre', { class: 'why-words' }, data.why));
  };
})();
