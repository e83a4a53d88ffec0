// The charts, by Chart.js. Everything that changes with the theme is set in paint().
'use strict';

bruit.charts = (() => {
  const { data, format, theme } = bruit;
  const { element, byId } = bruit.dom;
  const seconds = (us) => us / 1e6;
  const runSeconds = Math.max(1, Math.ceil(seconds(data.end)));
  const outcomeNames = ['ok', 'fail', 'info', 'unfinished'];

  // Shades the times in which something was broken.
  const bands = {
    id: 'bands',
    beforeDatasetsDraw(chart) {
      if (!chart.options.plugins.bands?.on) return;
      const { ctx, chartArea: area, scales: { x } } = chart;
      ctx.save();
      ctx.beginPath();
      ctx.rect(area.left, area.top, area.width, area.height);
      ctx.clip();
      for (const fault of data.faults) {
        const left = x.getPixelForValue(seconds(fault.from));
        const right = x.getPixelForValue(fault.to === undefined ? runSeconds : seconds(fault.to));
        ctx.fillStyle = theme.band[bruit.faultGroup(fault.kind)];
        ctx.fillRect(left, area.top, Math.max(1, right - left), area.height);
      }
      ctx.restore();
    },
  };
  // A dashed line at a limit: [{ axis, value, label }].
  const limitLines = {
    id: 'limits',
    afterDatasetsDraw(chart) {
      const { ctx, chartArea: area, scales } = chart;
      ctx.save();
      ctx.strokeStyle = ctx.fillStyle = theme.bad;
      ctx.setLineDash([5, 4]);
      ctx.font = '11px system-ui, sans-serif';
      for (const { axis, value, label } of chart.options.plugins.limits?.lines ?? []) {
        const at = scales[axis].getPixelForValue(value);
        ctx.beginPath();
        if (axis === 'x') {
          if (at < area.left || at > area.right) continue;
          ctx.moveTo(at, area.top);
          ctx.lineTo(at, area.bottom);
          ctx.textAlign = 'right';
          ctx.fillText(label, at - 5, area.bottom - 7);
        } else {
          if (at < area.top || at > area.bottom) continue;
          ctx.moveTo(area.left, at);
          ctx.lineTo(area.right, at);
          ctx.textAlign = 'right';
          ctx.fillText(label, area.right - 4, at - 5);
        }
        ctx.stroke();
      }
      ctx.restore();
    },
  };

  // Each dataset has `tone`: the theme's colour that it takes.
  const tone = (name) => (typeof name === 'number' ? theme.series[name] : theme[name]);
  const paintDatasets = (datasets) => {
    for (const dataset of datasets) {
      dataset.borderColor = dataset.backgroundColor = dataset.pointBorderColor = dataset.pointBackgroundColor = tone(dataset.tone);
    }
  };
  const paint = (chart) => {
    paintDatasets(chart.data.datasets);
    for (const scale of Object.values(chart.options.scales)) {
      scale.grid.color = scale.grid.borderColor = theme.grid;
      scale.ticks.color = scale.title.color = theme.muted;
    }
    chart.options.plugins.legend.labels.color = theme.muted;
    chart.update();  // not 'none', which leaves bars as they were
  };

  const axis = (title, more = {}) => ({
    beginAtZero: true,
    grid: {},
    ticks: { maxRotation: 0, autoSkipPadding: 16, includeBounds: false },
    title: { display: true, text: title, font: { size: 11.5 } },
    ...more,
  });
  const timeAxis = () => axis('seconds since the first operation', { type: 'linear', min: 0, max: runSeconds });
  const all = [];
  const chart = (id, type, datasets, scales, { shaded = true, lines = [], tooltip = {}, about }) => {
    const canvas = byId(id);
    if (datasets.every((dataset) => dataset.data.every((point) => Number.isNaN(point.y)))) {
      canvas.replaceWith(element('p', { class: 'empty' }, 'There is nothing to draw.'));
      return;
    }
    canvas.setAttribute('aria-label', about);
    paintDatasets(datasets);
    const made = new Chart(canvas, {
      type,
      data: { datasets },
      options: {
        animation: false,
        parsing: false,
        normalized: true,
        responsive: true,
        maintainAspectRatio: false,
        interaction: { mode: 'nearest', intersect: true },
        scales,
        plugins: {
          bands: { on: shaded },
          limits: { lines },
          legend: { align: 'end', labels: { boxWidth: 8, boxHeight: 8, usePointStyle: true, padding: 14, font: { size: 12 } } },
          tooltip,
        },
      },
      plugins: [bands, limitLines],
    });
    all.push(made);
    paint(made);
  };

  const kindTones = [0, 1, 2, 6];
  const styles = [
    { pointStyle: 'circle', pointRadius: 2 },
    { pointStyle: 'crossRot', pointRadius: 5, borderWidth: 2, tone: 'bad' },
    { pointStyle: 'triangle', pointRadius: 5, tone: 'unknown' },
  ];

  // Points that fall on the same pixel are drawn once.
  const thinned = (points) => {
    const seen = new Set();
    return points.filter(({ x, y }) => {
      const cell = `${Math.round((x / runSeconds) * 1600)} ${Math.round(Math.log2(y) * 60)}`;
      return seen.size === seen.add(cell).size ? false : true;
    });
  };

  const latencyChart = () => {
    const { operations } = data;
    const least = 0.01;  // ms: a simulated client is served at once, and zero has no place on a logarithmic axis
    const datasets = [];
    let most = least;
    let smallest = Infinity;
    operations.kinds.forEach((kind, f) => {
      for (const outcome of [0, 1, 2]) {
        const points = [];
        for (let i = 0; i < operations.count; ++i) {
          if (operations.f[i] !== f || operations.outcome[i] !== outcome) continue;
          const y = Math.max(least, operations.took[i] / 1000);
          most = Math.max(most, y);
          smallest = Math.min(smallest, y);
          points.push({ x: seconds(operations.invoked[i]), y, operation: i });
        }
        if (points.length === 0) continue;
        datasets.push({ label: `${kind} ${outcomeNames[outcome]} (${format.count(points.length)})`, tone: kindTones[f % 4], ...styles[outcome], data: thinned(points) });
      }
    });
    const wide = most > 50 * Math.max(smallest, least);
    const y = axis(wide ? 'milliseconds, logarithmic' : 'milliseconds', wide ? { type: 'logarithmic', beginAtZero: false } : { suggestedMax: 1 });
    if (wide) Object.assign(y, { min: smallest * 0.7, max: most * 1.5 });
    if (wide) y.ticks.callback = (value) => (value === least ? `≤ ${least}` : Number.isInteger(Math.round(Math.log10(value) * 1e6) / 1e6) ? format.trimmed(value, 2) : '');
    chart('latency-chart', 'scatter', datasets, { x: timeAxis(), y }, {
      about: 'Latency of each operation over time, by kind and outcome; the table of operations has its percentiles',
      tooltip: { callbacks: { label: ({ raw }) => bruit.describeOperation(raw.operation) } },
    });
  };

  // Bins of whole seconds, at most some 120 of them.
  const binSeconds = Math.max(1, Math.ceil(runSeconds / 120));
  const binned = (bySecond) => {
    const bins = new Array(Math.ceil(runSeconds / binSeconds)).fill(0);
    bySecond.forEach((count, second) => {
      const bin = Math.floor(second / binSeconds);
      if (bin < bins.length) bins[bin] += count;
    });
    return bins;
  };
  const centre = (bin) => (bin + 0.5) * binSeconds;
  const rates = (bins) => bins.map((count, bin) => ({ x: centre(bin), y: count / binSeconds }));
  const countSeconds = (chosen, time) => {
    const counts = new Array(runSeconds).fill(0);
    for (let i = 0; i < data.operations.count; ++i) {
      const second = Math.floor(seconds(time(i)));
      if (chosen(i) && second >= 0 && second < runSeconds) ++counts[second];
    }
    return counts;
  };

  const rateChart = () => {
    const { operations } = data;
    const datasets = [];
    operations.kinds.forEach((kind, f) => {
      for (const outcome of [0, 1, 2]) {
        const counts = countSeconds((i) => operations.f[i] === f && operations.outcome[i] === outcome, (i) => operations.invoked[i] + operations.took[i]);
        if (counts.every((count) => count === 0)) continue;
        datasets.push({
          label: `${kind} ${outcomeNames[outcome]}`, tone: outcome === 0 ? kindTones[f % 4] : styles[outcome].tone, pointStyle: styles[outcome].pointStyle,
          pointRadius: 0, borderWidth: 1.75, stepped: 'middle', borderDash: outcome === 0 ? [] : [4, 3], data: rates(binned(counts)),
        });
      }
    });
    chart('rate-chart', 'line', datasets, { x: timeAxis(), y: axis('operations/s') }, { about: 'Operations completed per second, by kind and outcome' });
  };

  const messagesChart = () => {
    const bars = (label, colour, bySecond) => ({ label, tone: colour, pointStyle: 'rect', barPercentage: 1, categoryPercentage: 0.9, data: rates(binned(bySecond)) });
    const datasets = data.message_count === 0 ? [] : [bars('between nodes', 0, data.between_nodes_by_second), bars('with clients', 6, data.with_clients_by_second)];
    chart('messages-chart', 'bar', datasets, { x: { ...timeAxis(), stacked: true, offset: false }, y: { ...axis('messages/s'), stacked: true } }, { about: 'Messages sent per second, between nodes and with clients' });
  };

  const costChart = () => {
    const invoked = binned(countSeconds(() => true, (i) => data.operations.invoked[i]));
    const sent = binned(data.between_nodes_by_second);
    const points = [];
    invoked.forEach((count, bin) => {
      points.push({ x: centre(bin), y: count >= 3 ? sent[bin] / count : NaN });  // too few to tell: a gap
    });
    const limit = data.limits?.messages_per_operation;
    const lines = limit === undefined ? [] : [{ axis: 'y', value: limit, label: `limit ${limit}` }];
    const most = points.reduce((value, point) => Math.max(value, point.y || 0), 0);
    const y = axis('messages/operation', limit !== undefined && limit < 4 * most ? { suggestedMax: limit * 1.1 } : {});
    chart('cost-chart', 'line', data.message_count === 0 ? [] : [{ label: 'sent / operations begun, each second', tone: 2, pointRadius: 2, borderWidth: 1.75, pointStyle: 'circle', data: points }], { x: timeAxis(), y }, { lines, about: 'Messages between nodes per operation over time' });
  };

  const spreadChart = () => {
    const curve = (sorted) => {
      const points = sorted.length > 0 ? [{ x: 0, y: 0 }] : [];
      const step = Math.max(1, Math.floor(sorted.length / 400));
      for (let i = 0; i < sorted.length; i += step) points.push({ x: sorted[i] / 1000, y: (100 * (i + 1)) / sorted.length });
      if (sorted.length > 0) points.push({ x: sorted[sorted.length - 1] / 1000, y: 100 });
      return points;
    };
    const line = (label, colour, sorted) => ({ label, tone: colour, pointStyle: 'line', pointRadius: 0, pointHitRadius: 6, borderWidth: 2, stepped: 'before', data: curve(sorted) });
    const datasets = [line('stable latency', 0, bruit.spread.stable())];
    const propagation = bruit.spread.propagation();
    if (propagation.length > 0) datasets.push(line(data.arrivals_are_inferred ? 'at every node (inferred)' : 'at every node (true)', 1, propagation));
    const lines = [];
    if (data.limits?.median_stable_ms !== undefined) lines.push({ axis: 'x', value: data.limits.median_stable_ms, label: 'limit of the median' });
    if (data.limits?.worst_stable_ms !== undefined) lines.push({ axis: 'x', value: data.limits.worst_stable_ms, label: 'limit' });
    const suggestedMax = lines.reduce((most, { value }) => Math.max(most, value * 1.05), 1);
    chart('spread-chart', 'line', datasets.filter((set) => set.data.length > 0), { x: axis('milliseconds', { type: 'linear', suggestedMax }), y: axis('% of values', { max: 100, ticks: { stepSize: 25 } }) }, { shaded: false, lines, about: 'Share of values that are everywhere after so many milliseconds; the table has the percentiles' });
  };

  const legend = () => {
    const groups = new Set(data.faults.map((fault) => bruit.faultGroup(fault.kind)));
    byId('band-legend').append(...[...groups].map((group) => element('span', {}, element('i', { style: `background: var(--band-${group})` }), bruit.faultGroupNames[group])));
  };

  return () => {
    Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
    legend();
    latencyChart();
    rateChart();
    messagesChart();
    costChart();
    spreadChart();
    theme.onChange(() => all.forEach(paint));
  };
})();
