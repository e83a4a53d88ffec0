// The space-time diagram: a line for each node, a stroke for each message from where and when it
// was sent to where and when it arrived. With more messages in view than one can tell apart, how
// many each node sends and receives is drawn instead.
'use strict';

bruit.spaceTime = (() => {
  const { data, view, theme, format } = bruit;
  const { messages } = data;
  const { element, byId } = bruit.dom;
  const strokesMost = 6000;
  const clientsRow = -1;
  const lost = 2;

  const top = 30;
  const nodeCount = Math.max(1, data.nodes.length);
  const pitch = Math.max(2, Math.min(30, 640 / nodeCount));
  const height = Math.round(top + 20 + nodeCount * pitch + 16);
  const clientsY = top;
  const y = (node) => (node === clientsRow ? clientsY : top + 20 + (node + 0.5) * pitch);

  // Types that go between nodes, the most frequent first: each has a colour.
  const types = data.types.map((type, index) => ({ ...type, index }));
  const order = [...types].sort((a, b) => b.between_nodes - a.between_nodes || b.with_clients - a.with_clients);
  const place = new Map(order.map((type, i) => [type.index, i]));
  const colour = (type) => theme.series[Math.min(place.get(type), theme.series.length - 1)];

  const firstSentAfter = (at) => {
    let low = 0;
    let high = messages.count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (messages.sent[middle] < at) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const passes = (i) => {
    const from = messages.from[i];
    const to = messages.to[i];
    if (!view.withClients && (from < 0 || to < 0)) return false;
    if (view.node !== null && from !== view.node && to !== view.node) return false;
    return !view.hiddenTypes.has(messages.type[i]);
  };

  // What was drawn last, for hovering and for tests.
  const stats = { inView: 0, mode: 'strokes', highlighted: 0, milliseconds: 0 };
  let drawn = [];  // messages that are there as strokes

  const collect = () => {
    const found = [];
    const end = firstSentAfter(view.to);
    for (let i = firstSentAfter(view.from - messages.mostTook); i < end; ++i) {
      if (messages.sent[i] + messages.took[i] >= view.from && passes(i)) found.push(i);
    }
    return found;
  };

  const drawGrid = (line) => {
    const { context } = line;
    line.clipped(() => {
      line.bands(top - 8, height - 12);
      context.strokeStyle = theme.grid;
      context.lineWidth = 1;
      context.beginPath();
      for (const { at } of line.ticks()) {
        const x = Math.round(line.x(at)) + 0.5;
        context.moveTo(x, top - 8);
        context.lineTo(x, height - 12);
      }
      context.stroke();
      context.strokeStyle = theme.line;
      context.beginPath();
      for (let node = 0; node < nodeCount && pitch >= 4; ++node) {
        context.moveTo(line.gutter, Math.round(y(node)) + 0.5);
        context.lineTo(line.width, Math.round(y(node)) + 0.5);
      }
      if (view.withClients) {
        context.moveTo(line.gutter, clientsY + 0.5);
        context.lineTo(line.width, clientsY + 0.5);
      }
      context.stroke();
    });
    context.fillStyle = theme.muted;
    context.textBaseline = 'middle';
    context.textAlign = 'center';
    for (const { at, text } of line.ticks()) {
      const x = line.x(at);
      if (x > line.gutter + 8 && x < line.width - 24) context.fillText(text, x, 10);
    }
    context.textAlign = 'left';
    const every = Math.max(1, Math.ceil(13 / pitch));
    for (let node = 0; node < nodeCount; node += every) {
      context.fillStyle = view.node === node ? theme.accent : theme.muted;
      context.fillText(String(data.nodes[node] ?? '').slice(0, 8), 12, y(node));
    }
    if (view.withClients || view.value !== null) context.fillText('clients', 12, clientsY);
  };

  const strokes = (line, list, colourOf, alpha, width) => {
    const { context } = line;
    const shapes = new Map();
    for (const i of list) {
      const key = messages.fate[i] === lost ? 'lost' : colourOf(i);
      if (!shapes.has(key)) shapes.set(key, new Path2D());
      const shape = shapes.get(key);
      shape.moveTo(line.x(messages.sent[i]), y(messages.from[i]));
      shape.lineTo(line.x(messages.sent[i] + messages.took[i]), y(messages.to[i]));
    }
    context.globalAlpha = alpha;
    context.lineWidth = width;
    for (const [key, shape] of shapes) {
      context.setLineDash(key === 'lost' ? [4, 3] : []);
      context.strokeStyle = key === 'lost' ? theme.bad : key;
      context.stroke(shape);
    }
    context.setLineDash([]);
    // Where a message was lost.
    context.strokeStyle = theme.bad;
    context.lineWidth = 1.5;
    context.beginPath();
    for (const i of list) {
      if (messages.fate[i] !== lost) continue;
      const x = line.x(messages.sent[i] + messages.took[i]);
      const at = y(messages.to[i]);
      context.moveTo(x - 3, at - 3);
      context.lineTo(x + 3, at + 3);
      context.moveTo(x - 3, at + 3);
      context.lineTo(x + 3, at - 3);
    }
    context.stroke();
    context.globalAlpha = 1;
  };

  // Above each node's line what it sends, below what it receives, in columns of two pixels.
  const density = (line, list) => {
    const columnWidth = 2;
    const columns = Math.ceil((line.width - line.gutter) / columnWidth) + 1;
    const sent = new Uint32Array(nodeCount * columns);
    const received = new Uint32Array(nodeCount * columns);
    let most = 1;
    const add = (bins, node, at) => {
      const column = Math.floor((line.x(at) - line.gutter) / columnWidth);
      if (node < 0 || column < 0 || column >= columns) return;
      most = Math.max(most, ++bins[node * columns + column]);
    };
    for (const i of list) {
      add(sent, messages.from[i], messages.sent[i]);
      if (messages.fate[i] === 1) add(received, messages.to[i], messages.sent[i] + messages.took[i]);
    }
    const { context } = line;
    const room = Math.max(1, pitch * 0.46);
    const bars = (bins, direction, shade) => {
      const shape = new Path2D();
      for (let node = 0; node < nodeCount; ++node) {
        for (let column = 0; column < columns; ++column) {
          const count = bins[node * columns + column];
          if (count === 0) continue;
          const size = Math.max(1, (room * Math.log1p(count)) / Math.log1p(most));
          shape.rect(line.gutter + column * columnWidth, direction < 0 ? y(node) - size : y(node), columnWidth, size);
        }
      }
      context.fillStyle = shade;
      context.globalAlpha = view.value === null ? 0.85 : 0.25;
      context.fill(shape);
      context.globalAlpha = 1;
    };
    bars(sent, -1, theme.series[0]);
    bars(received, 1, theme.series[1]);
  };

  const drawJourney = (line, value) => {
    const { context } = line;
    const carriers = value.carriers.filter((i) => passes(i) || (view.hiddenTypes.size === 0 && view.node === null));
    const bringing = new Set(value.arrivals.map((arrival) => arrival.message));
    strokes(line, carriers.filter((i) => !bringing.has(i)), () => theme.journey, 0.35, 1);
    strokes(line, carriers.filter((i) => bringing.has(i)), () => theme.journey, 1, 2);
    stats.highlighted = carriers.length;

    // From when on a node has it.
    context.strokeStyle = theme.journey;
    context.lineWidth = Math.min(3, Math.max(1, pitch / 4));
    context.globalAlpha = 0.45;
    context.beginPath();
    for (const { at, node } of value.arrivals) {
      context.moveTo(Math.max(line.gutter, line.x(at)), y(node));
      context.lineTo(line.width, y(node));
    }
    context.stroke();
    context.globalAlpha = 1;
    context.fillStyle = theme.journey;
    context.beginPath();
    for (const { at, node } of value.arrivals) {
      const x = line.x(at);
      context.moveTo(x + 4, y(node));
      context.arc(x, y(node), Math.min(4, Math.max(1.5, pitch / 3)), 0, 2 * Math.PI);
    }
    context.fill();

    // When it was acknowledged, and the read that set its stable latency.
    const mark = (at, text) => {
      const x = Math.round(line.x(at)) + 0.5;
      if (x < line.gutter || x > line.width) return;
      context.setLineDash([3, 3]);
      context.lineWidth = 1;
      context.strokeStyle = theme.journey;
      context.beginPath();
      context.moveTo(x, top - 4);
      context.lineTo(x, height - 12);
      context.stroke();
      context.setLineDash([]);
      const width = context.measureText(text).width;
      const left = x + 4 + width > line.width ? x - 4 - width : x + 4;
      context.fillStyle = theme.panel;
      context.fillRect(left - 2, top - 10, width + 4, 14);
      context.fillStyle = theme.journey;
      context.fillText(text, left, top - 3);
    };
    context.textAlign = 'left';
    if (value.acknowledged !== null) mark(value.acknowledged, 'acknowledged');
    if (value.lastAbsent >= 0 && value.lastAbsent < data.operations.count && value.stableLatency > 0) {
      const read = value.lastAbsent;
      mark(data.operations.invoked[read], 'last read without it');
      const node = data.operations.process[read] % nodeCount;
      const x = line.x(data.operations.invoked[read]);
      context.strokeStyle = theme.journey;
      context.fillStyle = theme.panel;
      context.lineWidth = 2;
      context.beginPath();
      context.moveTo(x, y(node) - 6);
      context.lineTo(x + 6, y(node));
      context.lineTo(x, y(node) + 6);
      context.lineTo(x - 6, y(node));
      context.closePath();
      context.fill();
      context.stroke();
    }
  };

  const status = (list) => {
    const parts = [`${format.moment(view.from)} to ${format.moment(view.to)}: ${format.count(list.length)} message${list.length === 1 ? '' : 's'} in view`];
    if (stats.mode === 'density') parts.push(`too many to tell apart, so above each line is what a node sends and below what it receives; zoom in to see single messages (${format.count(strokesMost)} at most)`);
    byId('spacetime-status').textContent = parts.join(': ').concat('.');
  };

  const draw = (line) => {
    const begun = performance.now();
    stats.highlighted = 0;
    const list = collect();
    stats.inView = list.length;
    stats.mode = list.length > strokesMost ? 'density' : 'strokes';
    drawn = stats.mode === 'strokes' ? list : [];
    drawGrid(line);
    line.clipped(() => {
      if (!(view.onlyJourney && view.value !== null)) {
        if (stats.mode === 'density') density(line, list);
        else strokes(line, list, (i) => colour(messages.type[i]), view.value === null ? (list.length > 1500 ? 0.5 : 0.8) : 0.16, 1);
      }
      if (view.value !== null) drawJourney(line, view.value);
      if (view.message !== null) strokes(line, [view.message], () => theme.ink, 1, 2.5);
    });
    status(list);
    stats.milliseconds = performance.now() - begun;
  };

  const pick = (line, point) => {
    const candidates = view.value !== null ? [...view.value.carriers, ...(view.onlyJourney ? [] : drawn)] : drawn;
    let best = null;
    let nearest = 64;
    for (const i of candidates) {
      const x1 = line.x(messages.sent[i]);
      const x2 = line.x(messages.sent[i] + messages.took[i]);
      if (point.x < x1 - 8 || point.x > x2 + 8) continue;
      const y1 = y(messages.from[i]);
      const y2 = y(messages.to[i]);
      const length = (x2 - x1) ** 2 + (y2 - y1) ** 2;
      const along = length === 0 ? 0 : Math.max(0, Math.min(1, ((point.x - x1) * (x2 - x1) + (point.y - y1) * (y2 - y1)) / length));
      const away = (x1 + along * (x2 - x1) - point.x) ** 2 + (y1 + along * (y2 - y1) - point.y) ** 2;
      if (away < nearest) {
        nearest = away;
        best = i;
      }
    }
    return best;
  };

  const describe = (i) => {
    const type = data.types[messages.type[i]].name;
    const fate = ['still under way at the end', `received ${format.moment(messages.sent[i] + messages.took[i])}, after ${format.duration(messages.took[i])}`, `lost at ${format.moment(messages.sent[i] + messages.took[i])}`][messages.fate[i]];
    return [
      element('div', {}, element('b', {}, type), ` ${data.nodeName(messages.from[i])} → ${data.nodeName(messages.to[i])}, message ${messages.id[i]}`),
      element('div', { class: 'muted' }, `sent ${format.moment(messages.sent[i])}, ${fate}`),
      element('div', { class: 'body' }, messages.body(i) || 'The body was left out of this page; it is in trace.jsonl.'),
    ];
  };

  const start = () => {
    byId('spacetime').setAttribute('data-height', String(height));
    const line = bruit.timeline({ canvas: byId('spacetime'), height, draw, pick, describe, choose: (i) => bruit.chooseMessage(i) });
    bruit.spaceTime.position = (i, along = 0.5) => ({
      x: line.x(messages.sent[i] + along * messages.took[i]),
      y: y(messages.from[i]) + along * (y(messages.to[i]) - y(messages.from[i])),
    });
  };
  return { start, stats, describe, order, colour, passes, drawn: () => drawn };
})();
