// The verdict, the figures with their limits, and every number as text.
'use strict';

bruit.summary = (() => {
  const { data, format } = bruit;
  const { element, byId, table } = bruit.dom;
  const results = data.results ?? {};
  const at = (...path) => path.reduce((value, key) => value?.[key], results);

  const verdicts = {
    true: ['Valid', 'good'],
    false: ['Invalid', 'bad'],
    unknown: ['Unknown', 'unknown'],
  };

  const header = () => {
    const count = data.nodes.length;
    const what = data.challenge ? `Challenge ${data.challenge}` : (data.workload || 'broadcast');
    byId('title').textContent = count > 0 ? `${what}: ${count} node${count === 1 ? '' : 's'}` : what;
    const o = data.options ?? {};
    const parts = [];
    if (o.rate !== undefined) parts.push(`${o.rate} operations/s for ${format.duration(o.time_limit_ms * 1000)}`);
    if (o.latency_ms !== undefined) parts.push(o.latency_ms > 0 ? `latency ${format.duration(o.latency_ms * 1000)} (${o.latency_distribution})` : 'no latency');
    if (o.concurrency !== undefined) parts.push(`${o.concurrency} clients`);
    if (results.strategy !== undefined) parts.push(`strategy ${results.strategy}, simulated`);
    const seed = results.seed ?? o.seed;
    if (seed !== undefined) parts.push(`seed ${seed}`);
    byId('subtitle').textContent = parts.join(' · ');
    byId('footer').textContent = `${data.folder}: results.edn, history.edn, trace.jsonl and the logs of the nodes are there.`;

    const missed = limits().some((limit) => limit.missed);
    const [text, kind] = verdicts[String(results.valid)] ?? ['No results', 'unknown'];
    const verdict = byId('verdict');
    verdict.textContent = missed && kind === 'good' ? 'Valid, limits missed' : text;
    verdict.classList.add(missed && kind === 'good' ? 'bad' : kind);
  };

  const notices = () => {
    const list = [];
    const early = at('early-end', 'reason');
    if (early) list.push(`The run did not come to its end: ${early}`);
    if (data.has_trace && !data.complete) list.push('The trace of this run ends early: its last line is missing.');
    if (!data.has_trace) list.push('This run has no trace.jsonl: there is nothing to tell of its messages.');
    if (data.message_count > data.messages.count) {
      const until = data.messages.count > 0 ? format.moment(data.messages.sent[data.messages.count - 1]) : '0 s';
      list.push(`The diagram holds the first ${format.count(data.messages.count)} of ${format.count(data.message_count)} messages, until ${until}; counts and rates are of all.`);
    }
    if (data.operation_count > data.operations.count) {
      list.push(`The charts hold the first ${format.count(data.operations.count)} of ${format.count(data.operation_count)} operations.`);
    }
    byId('notices').append(...list.map((text) => element('p', { class: 'notice' }, text)));
  };

  // What a challenge limits: a figure must be below.
  const limits = () => {
    const given = data.limits ?? {};
    const stable = at('workload', 'stable-latencies') ?? {};
    const list = [
      ['Messages/op between nodes', at('net', 'servers', 'msgs-per-op'), given.messages_per_operation, ''],
      ['Messages/op, all', at('net', 'all', 'msgs-per-op'), given.messages_per_operation, ''],
      ['Stable latency, median', stable['0.5'], given.median_stable_ms, 'ms'],
      ['Stable latency, maximum', stable['1'], given.worst_stable_ms, 'ms'],
    ];
    return list.map(([label, value, limit, unit]) => ({
      label, value, limit, unit,
      missed: limit !== undefined && !(value < limit),
    }));
  };

  const figure = (label, value, unit, note, kind) => element('div', { class: 'figure' },
    element('div', { class: 'label' }, label),
    element('div', { class: 'value' }, value, unit ? element('small', {}, unit) : null),
    element('div', { class: `limit ${kind ?? ''}` }, note ?? '\u00a0'));

  const figures = () => {
    const cards = [];
    for (const { label, value, limit, unit, missed } of limits()) {
      if (value === undefined || value === null) continue;
      const text = unit === 'ms' ? format.count(value) : value.toFixed(2);
      const note = limit === undefined ? undefined : `${missed ? '✗ must be' : '✓'} below ${format.count(limit)}${unit ? ` ${unit}` : ''}`;
      cards.push(figure(label, text, unit, note, limit === undefined ? '' : missed ? 'bad' : 'good'));
    }
    const lost = at('workload', 'lost-count');
    if (lost !== undefined) {
      cards.push(figure('Lost values', format.count(lost), '', `${format.count(at('workload', 'stable-count') ?? 0)} of ${format.count(at('workload', 'attempt-count') ?? 0)} stable`, lost > 0 ? 'bad' : 'good'));
    }
    const stats = at('stats') ?? {};
    if (stats.count !== undefined) {
      const other = stats.count - stats['ok-count'];
      cards.push(figure('Operations', format.count(stats.count), '', other === 0 ? 'all ok' : `${format.count(stats['fail-count'])} failed, ${format.count(stats['info-count'])} unknown`, other === 0 ? 'good' : 'bad'));
    }
    const violations = at('invariants', 'count');
    if (violations !== undefined) {
      cards.push(figure('Broken invariants', format.count(violations), '', violations === 0 ? 'none' : 'see below', violations === 0 ? 'good' : 'bad'));
    }
    byId('figures').append(...cards);
  };

  const box = (title, content, wide) => element('div', { class: wide ? 'table-box wide' : 'table-box' }, element('h3', {}, title), content);
  const points = [['0.5', 0.5], ['0.95', 0.95], ['0.99', 0.99], ['maximum', 1]];

  const operationsTable = () => {
    const { operations } = data;
    const rows = operations.kinds.map((kind, f) => {
      const took = [];
      const outcomes = [0, 0, 0, 0];
      for (let i = 0; i < operations.count; ++i) {
        if (operations.f[i] !== f) continue;
        ++outcomes[operations.outcome[i]];
        if (operations.outcome[i] === 0) took.push(operations.took[i]);
      }
      took.sort((a, b) => a - b);
      const latencies = points.map(([, point]) => (took.length ? format.duration(bruit.quantile(took, point)) : '–'));
      return [kind, ...outcomes.slice(0, 3).map(format.count), ...latencies];
    });
    return box('Operations and their latency (ok ones)', table([['', ''], ['ok', 'number'], ['fail', 'number'], ['info', 'number'], ...points.map(([name]) => [name, 'number'])], rows));
  };

  const spreadTable = () => {
    const stable = bruit.spread.stable();
    const propagation = bruit.spread.propagation();
    const row = (name, sorted) => [name, format.count(sorted.length), ...points.map(([, point]) => (sorted.length ? format.duration(bruit.quantile(sorted, point)) : '–'))];
    const rows = [row('stable latency (seen by reads)', stable)];
    if (propagation.length) rows.push(row(data.arrivals_are_inferred ? 'at every node (inferred)' : 'at every node (true)', propagation));
    return box('How long until a value is everywhere', table([['', ''], ['values', 'number'], ...points.map(([name]) => [name, 'number'])], rows));
  };

  const messagesTable = () => {
    const rows = data.types.filter((type) => type.between_nodes + type.with_clients > 0)
      .sort((a, b) => b.between_nodes - a.between_nodes || b.with_clients - a.with_clients)
      .slice(0, 30)
      .map((type) => [type.name, format.count(type.between_nodes), format.count(type.with_clients)]);
    const total = (key) => format.count(data.types.reduce((sum, type) => sum + type[key], 0));
    rows.push([element('b', {}, 'all'), total('between_nodes'), total('with_clients')]);
    return box('Messages sent, by type', table([['', ''], ['between nodes', 'number'], ['with clients', 'number']], rows));
  };

  // With final reads and operations that failed, as the verdict sees them.
  const countsTable = () => {
    const stats = at('stats', 'by-f');
    if (!stats) return null;
    const rows = Object.entries(stats).map(([f, by]) => [f, format.count(by.count), format.count(by['ok-count']), `${format.trimmed(100 * by['ok-count'] / Math.max(1, by.count), 2)} %`]);
    return box('Operations as the checker counts them', table([['', ''], ['count', 'number'], ['ok', 'number'], ['share', 'number']], rows));
  };

  const slowTable = () => {
    const slow = data.values.filter((value) => value.outcome === 1 || (value.outcome === 0 && value.stableLatency > 0))
      .sort((a, b) => b.outcome - a.outcome || b.stableLatency - a.stableLatency).slice(0, 12);
    if (!slow.length) return null;
    const button = (value) => element('button', { type: 'button', onclick: () => bruit.chooseValue(value, true) }, value.text);
    const rows = slow.map((value) => {
      const read = value.lastAbsent;
      const operations = data.operations;
      const by = read >= 0 && read < operations.count ? `process ${operations.process[read]} at ${format.moment(operations.invoked[read])}` : '–';
      return [button(value), value.outcome === 1 ? 'lost' : format.duration(value.stableLatency), by];
    });
    return box('Slowest values', table([['value', ''], ['stable latency', 'number'], ['last read without it', '']], rows));
  };

  const faultsTable = () => {
    if (!data.faults.length) return null;
    const rows = data.faults.slice(0, 200).map((fault) => [format.moment(fault.from), fault.to === undefined ? 'end' : format.moment(fault.to), fault.text]);
    const more = data.fault_count - rows.length;
    return box(`Faults${more > 0 ? ` (the first 200 of ${format.count(data.fault_count)})` : ''}`,
      element('div', { class: 'scroll' }, table([['from', 'number'], ['until', 'number'], ['what', 'text']], rows)), true);
  };

  const violationsTable = () => {
    const told = at('invariants', 'violations') ?? [];
    if (!told.length) return null;
    return box('Broken invariants', table([['', 'text']], told.map((text) => [text])), true);
  };

  const lostTable = () => {
    const lost = at('workload', 'lost') ?? [];
    if (!lost.length) return null;
    return box(`Lost values (${format.count(lost.length)})`, element('p', {}, lost.slice(0, 500).map((value) => JSON.stringify(value)).join(', ')), true);
  };

  const map = () => element('div', { class: 'table-box wide' }, element('details', {}, element('summary', {}, 'All results'), element('pre', {}, JSON.stringify(results, null, 2))));

  return () => {
    header();
    notices();
    figures();
    byId('tables').append(...[lostTable(), violationsTable(), operationsTable(), spreadTable(), messagesTable(), countsTable(), slowTable(), faultsTable(), map()].filter((part) => part !== null));
  };
})();
