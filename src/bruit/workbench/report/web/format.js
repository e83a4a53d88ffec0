// Numbers and times as people read them, and elements of the page.
'use strict';

bruit.format = (() => {
  const count = (number) => number.toLocaleString('en', { maximumFractionDigits: 0 });
  const trimmed = (number, decimals) => String(Number(number.toFixed(decimals)));

  // A duration in microseconds.
  const duration = (us) => {
    const size = Math.abs(us);
    if (size < 1000) return us === 0 ? '0 ms' : `${trimmed(us / 1000, 3)} ms`;
    if (size < 100e3) return `${trimmed(us / 1000, 1)} ms`;
    if (size < 10e6) return `${count(us / 1000)} ms`;
    return `${trimmed(us / 1e6, 2)} s`;
  };
  // A moment, in seconds with as many decimals as milliseconds need.
  const moment = (us) => `${(us / 1e6).toFixed(3)} s`;
  const ratio = (number) => (number === null || number === undefined ? '–' : number.toFixed(2));
  return { count, trimmed, duration, moment, ratio };
})();

bruit.dom = (() => {
  // element('td', { class: 'number' }, 'text', child, ...): text is never taken for markup.
  const element = (name, attributes = {}, ...children) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (key.startsWith('on')) made.addEventListener(key.slice(2), value);
      else if (value !== null && value !== undefined) made.setAttribute(key, value);
    }
    made.append(...children.filter((child) => child !== null && child !== undefined));
    return made;
  };
  const byId = (id) => document.getElementById(id);

  // Columns: [title, 'number' | 'text' | '']; rows: arrays of cells, or { cells, class }.
  const table = (columns, rows) => {
    const head = element('tr', {}, ...columns.map(([title, kind]) => element('th', { class: kind === 'number' ? 'number' : null, scope: 'col' }, title)));
    const body = rows.map((row) => {
      const cells = Array.isArray(row) ? row : row.cells;
      return element('tr', { class: row.class }, ...cells.map((cell, i) => element('td', { class: columns[i][1] || null }, cell)));
    });
    return element('table', {}, element('thead', {}, head), element('tbody', {}, ...body));
  };
  return { element, byId, table };
})();

bruit.quantile = (sorted, point) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * point))];
