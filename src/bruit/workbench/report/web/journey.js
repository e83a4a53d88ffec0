// What is chosen: a value, whose journey is told in words beside the diagram, and a message.
'use strict';

(() => {
  const { data, view, format } = bruit;
  const { messages, operations } = data;
  const { element, byId, table } = bruit.dom;
  const sources = ['shown by the node', 'message', 'read'];

  const readText = (i) => (i >= 0 && i < operations.count ? `process ${operations.process[i]}, ${data.nodes.length ? `at ${data.nodes[operations.process[i] % data.nodes.length]}, ` : ''}${format.moment(operations.invoked[i])}` : null);

  const words = (value) => {
    const sentences = [];
    const b = value.broadcast;
    if (b >= 0 && b < operations.count) {
      sentences.push(`Broadcast by process ${operations.process[b]} at ${format.moment(operations.invoked[b])}, ${value.acknowledged === null ? 'never acknowledged' : `acknowledged at ${format.moment(value.acknowledged)}`}.`);
    }
    const everywhere = value.arrivals.length === data.nodes.length;
    if (value.arrivals.length > 0) {
      const last = value.arrivals[value.arrivals.length - 1];
      const since = value.acknowledged === null ? '' : `, ${format.duration(Math.max(0, last.at - value.acknowledged))} after that`;
      sentences.push(everywhere ? `At all ${data.nodes.length} nodes at ${format.moment(last.at)}${since}.` : `At ${value.arrivals.length} of ${data.nodes.length} nodes.`);
    }
    const absent = readText(value.lastAbsent);
    if (value.outcome === 0) {
      sentences.push(absent === null || value.stableLatency === 0 ? 'Stable latency 0: no read missed it once it was known.' : `Stable latency ${format.duration(value.stableLatency)}, set by the last read without it: ${absent}.`);
    } else if (value.outcome === 1) {
      sentences.push(`Lost: it was known, and the last reads miss it${absent === null ? '' : ` (${absent})`}.`);
    } else {
      sentences.push('Never read.');
    }
    return sentences.join(' ');
  };

  const how = (arrival) => {
    if (arrival.message < 0) return arrival.source === 0 ? 'from its client' : sources[arrival.source];
    const from = messages.from[arrival.message];
    const type = data.types[messages.type[arrival.message]].name;
    const text = arrival.source === 2 ? `${type}, in a read at the latest` : `${type} from ${data.nodeName(from)}, sent ${format.moment(messages.sent[arrival.message])}`;
    return element('button', { type: 'button', onclick: () => bruit.chooseMessage(arrival.message) }, text);
  };

  const showJourney = (value) => {
    const rows = value.arrivals.map((arrival) => [data.nodes[arrival.node], format.moment(arrival.at), value.acknowledged === null ? '–' : `${arrival.at >= value.acknowledged ? '+' : ''}${format.duration(arrival.at - value.acknowledged)}`, how(arrival)]);
    const has = new Set(value.arrivals.map((arrival) => arrival.node));
    data.nodes.forEach((name, node) => {
      if (!has.has(node)) rows.push({ class: 'absent', cells: [name, 'never', '', ''] });
    });
    byId('journey').replaceChildren(element('div', { class: 'panel' },
      element('h3', {}, `The journey of ${value.text}`),
      element('p', {}, words(value)),
      data.arrivals_are_inferred ? element('p', { class: 'muted' }, 'Nodes do not tell when they have a value: this is inferred from the messages with it that reached them and from what they listed in reads.') : null,
      element('div', { class: 'scroll' }, table([['node', ''], ['has it', 'number'], ['after the acknowledgement', 'number'], ['by', '']], rows))));
  };

  bruit.chooseValue = (value, scroll = false) => {
    view.value = value;
    byId('value-input').value = value === null ? '' : value.text;
    for (const chip of document.querySelectorAll('#slowest button')) chip.classList.toggle('chosen', value !== null && chip.dataset.value === value.text);
    if (value === null) {
      byId('journey').replaceChildren();
      view.changed();
      return;
    }
    showJourney(value);
    const times = value.arrivals.map((arrival) => arrival.at);
    if (value.broadcast >= 0 && value.broadcast < operations.count) times.push(operations.invoked[value.broadcast]);
    if (value.stableLatency > 0 && value.lastAbsent >= 0 && value.lastAbsent < operations.count) times.push(operations.invoked[value.lastAbsent]);
    if (times.length > 0) {
      const from = Math.min(...times);
      const to = Math.max(...times);
      const room = Math.max(0.12 * (to - from), 1000);
      view.show(from - room, to + room);
    }
    view.changed();
    if (scroll) byId('spacetime-section').scrollIntoView();
  };

  bruit.chooseMessage = (index) => {
    view.message = index;
    view.changed();
    if (index === null) {
      byId('message').replaceChildren();
      return;
    }
    const carried = data.values.filter((value) => value.carriers.includes(index)).slice(0, 40);
    const buttons = carried.map((value) => element('button', { type: 'button', onclick: () => bruit.chooseValue(value) }, value.text));
    byId('message').replaceChildren(element('div', { class: 'panel' },
      element('h3', {}, 'Message'),
      ...bruit.spaceTime.describe(index),
      buttons.length > 0 ? element('p', { class: 'chips', style: 'margin: 10px 0 0' }, 'Values: ', ...buttons) : null));
  };
})();
