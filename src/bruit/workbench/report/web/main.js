// Puts the page together, and ties the controls to the view.
'use strict';

(() => {
  const { data, view, format, spaceTime } = bruit;
  const { element, byId } = bruit.dom;

  const typeChips = () => {
    const shown = spaceTime.order.filter((type) => type.between_nodes > 0).slice(0, 24);
    byId('type-filter').append(...shown.map((type) => {
      const dot = element('i');
      const paint = () => { dot.style.color = spaceTime.colour(type.index); };
      paint();
      bruit.theme.onChange(paint);
      return element('button', {
        type: 'button', 'aria-pressed': 'true', 'data-type': type.name,
        onclick: (event) => {
          const on = event.currentTarget.getAttribute('aria-pressed') !== 'true';
          event.currentTarget.setAttribute('aria-pressed', String(on));
          if (on) view.hiddenTypes.delete(type.index);
          else view.hiddenTypes.add(type.index);
          view.changed();
        },
      }, dot, `${type.name} ${format.count(type.between_nodes)}`);
    }));
  };

  const valueChooser = () => {
    byId('value-list').append(...data.values.slice(0, 3000).map((value) => element('option', { value: value.text })));
    byId('value-input').addEventListener('change', (event) => {
      const text = event.target.value.trim();
      const value = text === '' ? null : data.valueByText.get(text);
      event.target.setCustomValidity(value === undefined ? `no client broadcast ${text}` : '');
      event.target.reportValidity();
      if (value !== undefined) bruit.chooseValue(value);
    });
    const notable = data.values.filter((value) => value.outcome === 1 || (value.outcome === 0 && value.stableLatency > 0))
      .sort((a, b) => b.outcome - a.outcome || b.stableLatency - a.stableLatency).slice(0, 8);
    if (notable.length > 0) {
      byId('slowest').append('Slowest values: ', ...notable.map((value) => element('button', {
        type: 'button', 'data-value': value.text, onclick: () => bruit.chooseValue(view.value === value ? null : value),
      }, `${value.text} ${value.outcome === 1 ? 'lost' : format.duration(value.stableLatency)}`)));
    }
  };

  const controls = () => {
    byId('node-filter').append(...data.nodes.map((name, node) => element('option', { value: node }, name)));
    byId('node-filter').addEventListener('change', (event) => {
      view.node = event.target.value === '' ? null : Number(event.target.value);
      view.changed();
    });
    byId('show-clients').addEventListener('change', (event) => {
      view.withClients = event.target.checked;
      view.changed();
    });
    byId('only-journey').addEventListener('change', (event) => {
      view.onlyJourney = event.target.checked;
      view.changed();
    });
    byId('zoom-in').addEventListener('click', () => view.zoom(0.5));
    byId('zoom-out').addEventListener('click', () => view.zoom(2));
    byId('zoom-all').addEventListener('click', view.showAll);
    const from = byId('time-from');
    const to = byId('time-to');
    const showTyped = () => {
      const times = [Number(from.value) * 1e6, Number(to.value) * 1e6];
      if (times[0] < times[1]) view.show(...times);
    };
    from.addEventListener('change', showTyped);
    to.addEventListener('change', showTyped);
    view.onDraw(() => {
      if (document.activeElement !== from) from.value = format.trimmed(view.from / 1e6, 3);
      if (document.activeElement !== to) to.value = format.trimmed(view.to / 1e6, 3);
    });
    bruit.theme.onChange(view.changed);
    addEventListener('beforeprint', view.drawNow);
  };

  bruit.summary();
  bruit.why();
  bruit.charts();
  if (data.messages.count > 0) {
    typeChips();
    valueChooser();
    controls();
    bruit.operationsTimeline();
    spaceTime.start();
    view.drawNow();
  } else {
    byId('spacetime-section').hidden = true;
  }
  document.documentElement.dataset.ready = 'true';
})();
