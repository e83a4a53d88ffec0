// A canvas with time from left to right: its scale, pointer, wheel and keys. What is drawn on it is
// the caller's.
'use strict';

bruit.timeline = (() => {
  const { view, theme, format } = bruit;
  const gutter = 72;   // for names, on the left
  const right = 14;

  // Round steps between ticks: 1, 2 or 5 times a power of ten, in microseconds.
  const tickStep = (span, count) => {
    const rough = span / count;
    const power = 10 ** Math.floor(Math.log10(rough));
    return [1, 2, 5, 10].map((n) => n * power).find((step) => step >= rough);
  };

  return ({ canvas, height, draw, pick, describe, choose }) => {
    const context = canvas.getContext('2d');
    const tooltip = document.getElementById('tooltip');
    const line = { canvas, context, width: 0, height, gutter };

    line.x = (at) => gutter + ((at - view.from) / (view.to - view.from)) * (line.width - gutter - right);
    line.time = (x) => view.from + ((x - gutter) / (line.width - gutter - right)) * (view.to - view.from);

    line.ticks = () => {
      const step = tickStep(view.to - view.from, Math.max(2, (line.width - gutter) / 110));
      const ticks = [];
      for (let at = Math.ceil(view.from / step) * step; at <= view.to; at += step) ticks.push(at);
      const decimals = Math.max(0, Math.min(6, -Math.floor(Math.log10(step / 1e6) + 1e-9)));
      return ticks.map((at) => ({ at, text: `${(at / 1e6).toFixed(decimals)} s` }));
    };

    const resize = () => {
      const scale = window.devicePixelRatio || 1;
      const width = canvas.parentElement.clientWidth;
      if (width === line.width && canvas.height === Math.round(height * scale)) return;
      line.width = width;
      canvas.style.height = `${height}px`;
      canvas.width = Math.round(width * scale);
      canvas.height = Math.round(height * scale);
      context.setTransform(scale, 0, 0, scale, 0, 0);
    };

    view.onDraw(() => {
      resize();
      context.clearRect(0, 0, line.width, height);
      context.save();
      context.font = '11.5px system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif';
      draw(line);
      context.restore();
    });

    // Clips to where time is; `inside` draws.
    line.clipped = (inside) => {
      context.save();
      context.beginPath();
      context.rect(gutter, 0, line.width - gutter - right + 4, height);
      context.clip();
      inside();
      context.restore();
    };
    line.bands = (top, bottom) => {
      for (const fault of bruit.data.faults) {
        const to = fault.to ?? bruit.data.end;
        if (fault.from > view.to || to < view.from) continue;
        context.fillStyle = theme.band[bruit.faultGroup(fault.kind)];
        context.fillRect(line.x(fault.from), top, Math.max(1, line.x(to) - line.x(fault.from)), bottom - top);
      }
    };

    const place = (event) => {
      const box = canvas.getBoundingClientRect();
      return { x: event.clientX - box.left, y: event.clientY - box.top };
    };
    const hide = () => { tooltip.hidden = true; };
    const showTooltip = (found, { x, y }) => {
      tooltip.replaceChildren(...describe(found));
      tooltip.hidden = false;
      const box = canvas.parentElement;
      const left = Math.min(x + 14, box.clientWidth - tooltip.offsetWidth - 8);
      const above = canvas.offsetTop + y + 16;
      const top = above + tooltip.offsetHeight > box.clientHeight ? canvas.offsetTop + y - tooltip.offsetHeight - 12 : above;
      tooltip.style.left = `${Math.max(8, left)}px`;
      tooltip.style.top = `${Math.max(4, top)}px`;
    };

    let drag = null;
    canvas.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return;
      drag = { x: event.clientX, from: view.from, to: view.to, moved: false };
      canvas.setPointerCapture(event.pointerId);
    });
    canvas.addEventListener('pointermove', (event) => {
      if (drag !== null) {
        const by = event.clientX - drag.x;
        if (Math.abs(by) > 3) drag.moved = true;
        if (!drag.moved) return;
        hide();
        canvas.classList.add('dragging');
        const shift = (-by / (line.width - gutter - right)) * (drag.to - drag.from);
        view.show(drag.from + shift, drag.to + shift);
        return;
      }
      const at = place(event);
      const found = pick(line, at);
      if (found === null) hide();
      else showTooltip(found, at);
    });
    const release = (event) => {
      const clicked = drag !== null && !drag.moved && event.type === 'pointerup';
      drag = null;
      canvas.classList.remove('dragging');
      if (clicked) {
        const found = pick(line, place(event));
        if (found !== null) choose(found);
      }
    };
    canvas.addEventListener('pointerup', release);
    canvas.addEventListener('pointercancel', release);
    canvas.addEventListener('pointerleave', hide);
    canvas.addEventListener('dblclick', (event) => view.zoom(0.4, line.time(place(event).x)));
    // The wheel alone scrolls the page; with Ctrl (a pinch, too) it zooms, with Shift or sideways it pans.
    canvas.addEventListener('wheel', (event) => {
      const sideways = event.shiftKey ? event.deltaY || event.deltaX : event.deltaX;
      if (event.ctrlKey || event.metaKey) {
        event.preventDefault();
        view.zoom(Math.exp(Math.max(-60, Math.min(60, event.deltaY)) * 0.006), line.time(place(event).x));
      } else if (Math.abs(sideways) > Math.abs(event.shiftKey ? 0 : event.deltaY)) {
        event.preventDefault();
        view.pan((sideways / line.width) * (view.to - view.from));
      }
    }, { passive: false });
    canvas.addEventListener('keydown', (event) => {
      const span = view.to - view.from;
      const actions = {
        ArrowLeft: () => view.pan(-span / 5), ArrowRight: () => view.pan(span / 5),
        '+': () => view.zoom(0.6), '=': () => view.zoom(0.6), '-': () => view.zoom(1 / 0.6),
        0: view.showAll, Home: () => view.show(bruit.data.start, bruit.data.start + span), End: () => view.show(bruit.data.end - span, bruit.data.end),
        Escape: () => { hide(); bruit.chooseValue(null); },
      };
      if (event.ctrlKey || event.metaKey || event.altKey || !(event.key in actions)) return;
      event.preventDefault();
      actions[event.key]();
    });
    new ResizeObserver(() => view.changed()).observe(canvas.parentElement);
    return line;
  };
})();
