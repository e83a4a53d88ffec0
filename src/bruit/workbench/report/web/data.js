// The data of the page, taken out of its columns (report_data.h writes them). Times are in
// microseconds since the first operation.
'use strict';
const bruit = {};

bruit.data = (() => {
  const raw = JSON.parse(document.getElementById('data').textContent);
  const nobody = -1;

  // Steps back to numbers.
  const summed = (steps) => {
    const numbers = new Float64Array(steps.length);
    let number = 0;
    for (let i = 0; i < steps.length; ++i) numbers[i] = number += steps[i];
    return numbers;
  };

  const m = raw.messages;
  const messages = {
    count: m.sent.length,
    sent: summed(m.sent),
    took: Float64Array.from(m.took),
    id: summed(m.id),
    from: Int32Array.from(m.from),  // -1: a client
    to: Int32Array.from(m.to),
    type: Int32Array.from(m.type),
    fate: Uint8Array.from(m.fate),  // 0 under way, 1 received, 2 lost
  };
  messages.mostTook = messages.took.reduce((most, took) => Math.max(most, took), 0);

  // Bodies stay one text until one of them is looked at.
  const bodies = document.getElementById('bodies').textContent;
  let lineStarts = null;
  messages.body = (index) => {
    if (lineStarts === null) {
      lineStarts = [0];
      for (let at = bodies.indexOf('\n'); at >= 0; at = bodies.indexOf('\n', at + 1)) lineStarts.push(at + 1);
    }
    return bodies.slice(lineStarts[index], lineStarts[index + 1] - 1);
  };

  const o = raw.operations;
  const operations = {
    count: o.f.length,
    kinds: o.kinds,
    f: o.f,
    process: o.process,
    invoked: summed(o.invoked),
    took: o.took,        // -1: the run ended before
    outcome: o.outcome,  // 0 ok, 1 fail, 2 info, 3 the run ended before
    element: o.element,  // -1: none
    listed: o.listed,    // values that a read returned; -1: none
    final: new Set(o.final),
    error: new Map(o.error_of.map((operation, i) => [operation, o.errors[i]])),
  };

  const v = raw.values;
  const arrivalAt = summed(v.arrival_at);
  const values = [];
  let nextArrival = 0;
  let nextCarrier = 0;
  for (let i = 0; i < v.element.length; ++i) {
    const arrivals = [];
    for (let k = 0; k < v.arrivals[i]; ++k, ++nextArrival) {
      arrivals.push({
        at: arrivalAt[nextArrival],
        node: v.arrival_node[nextArrival],
        message: v.arrival_message[nextArrival],  // -1: not known
        source: v.arrival_source[nextArrival],    // 0 shown, 1 message, 2 read
      });
    }
    const carriers = [];
    for (let k = 0, message = 0; k < v.carriers[i]; ++k) carriers.push(message += v.carrier[nextCarrier++]);
    values.push({
      element: v.element[i],
      text: v.text[i],
      outcome: v.outcome[i],  // 0 stable, 1 lost, 2 never read
      stableLatency: v.stable_latency_ms[i] * 1000,
      broadcast: v.broadcast[i],  // operations; -1: none
      acknowledged: v.acknowledged[i] < 0 ? null : v.acknowledged[i],
      known: v.known[i],
      lastPresent: v.last_present[i],
      lastAbsent: v.last_absent[i],
      arrivals,
      carriers,
    });
  }

  // How long the run was, in what is shown of it.
  let end = 0;
  for (let i = 0; i < operations.count; ++i) end = Math.max(end, operations.invoked[i] + Math.max(0, operations.took[i]));
  for (const fault of raw.faults) end = Math.max(end, fault.from, fault.to ?? 0);
  const loadEnd = end;
  if (messages.count > 0) end = Math.max(end, messages.sent[messages.count - 1]);

  return {
    ...raw,
    messages,
    operations,
    values,
    valueByText: new Map(values.map((value) => [value.text, value])),
    start: messages.count > 0 ? Math.min(0, messages.sent[0]) : 0,
    end: Math.max(end, loadEnd, 1),
    nodeName: (node) => (node === nobody ? 'client' : raw.nodes[node]),
  };
})();
