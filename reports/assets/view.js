// The stretch of time that timeline and charts show together, the colours of the theme, and axes.
const view = {from: 0, to: run.end, painters: [], pending: false};

// Paints what is stale and on the screen; the rest waits until it is scrolled into view.
const paintStale = () => {
  view.pending = false;
  for (const painter of view.painters) {
    if (!painter.stale) continue;
    const box = painter.canvas.getBoundingClientRect();
    if (box.bottom < -200 || box.top > innerHeight + 200) continue;
    painter.stale = false;
    painter.paint();
  }
};
const schedulePaint = () => {
  if (!view.pending) requestAnimationFrame(paintStale);
  view.pending = true;
};
const redraw = () => {
  for (const painter of view.painters) painter.stale = true;
  schedulePaint();
};
const addPainter = (canvas, paint) => view.painters.push({canvas, paint, stale: true});

const show = (from, to) => {
  const least = page.clock === 'time' ? 1e3 : 4;  // a microsecond, four events
  let span = Math.min(Math.max(to - from, least), run.end * 1.02);
  let start = (from + to - span) / 2;
  start = Math.min(Math.max(start, -0.01 * run.end), run.end * 1.01 - span);
  view.from = start;
  view.to = start + span;
  redraw();
};
const zoom = (factor, centre = (view.from + view.to) / 2) =>
  show(centre - (centre - view.from) * factor, centre + (view.to - centre) * factor);
const pan = part => {
  const by = (view.to - view.from) * part;
  show(view.from + by, view.to + by);
};
const showAll = () => show(-0.01 * run.end, run.end * 1.01);

const palette = {};
const readPalette = () => {
  const style = getComputedStyle(document.documentElement);
  for (const name of ['ink', 'quiet', 'line', 'surface', 'raised', 'accent', 'ok', 'fail', 'info', 'warn',
                      'partition', 'kill', 'pause', 'other']) {
    palette[name] = style.getPropertyValue('--' + name).trim();
  }
  palette.font = style.getPropertyValue('--font').trim() || 'sans-serif';
};
const outcomeColour = outcome => palette[outcomes[outcome]];
const faultColour = fault => palette[fault.kind.slice(5)] || palette.other;

// A canvas as sharp as the screen; sizes are CSS pixels. Returns a context that draws in them.
const prepare = (canvas, height) => {
  const width = canvas.clientWidth || canvas.parentElement.clientWidth, ratio = devicePixelRatio || 1;
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    canvas.style.height = height + 'px';
  }
  const context = canvas.getContext('2d');
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  context.font = '11px ' + palette.font;
  context.textBaseline = 'middle';
  return {context, width, height};
};

const grouped = number => Math.round(number).toLocaleString('en-US');
const duration = ns => {
  if (ns < 0) return 'not completed';
  if (page.clock !== 'time') return grouped(ns) + ' events';
  const [scale, unit] = ns >= 1e9 ? [1e9, ' s'] : ns >= 1e6 ? [1e6, ' ms'] : ns >= 1e3 ? [1e3, ' \u00b5s']
                                                                                      : [1, ' ns'];
  return +(ns / scale).toPrecision(3) + unit;
};
// A moment with as many digits as a step between ticks needs.
const moment = (time, step = 1e6) => {
  if (page.clock !== 'time') return 'event ' + grouped(time);
  const digits = Math.min(Math.max(0, Math.ceil(9 - Math.log10(step))), 9);
  return (time / 1e9).toFixed(digits) + ' s';
};

// 1, 2 or 5 times a power of ten, so that about `wanted` ticks fit.
const tickStep = (span, wanted) => {
  const raw = span / Math.max(wanted, 1), power = 10 ** Math.floor(Math.log10(raw));
  const part = raw / power;
  return Math.max(power * (part <= 1 ? 1 : part <= 2 ? 2 : part <= 5 ? 5 : 10), page.clock === 'time' ? 1 : 1);
};

const drawTimeAxis = (context, left, width, y, top) => {
  const step = tickStep(view.to - view.from, (width - left) / 110);
  context.textAlign = 'center';
  for (let t = Math.max(0, Math.ceil(view.from / step)) * step; t <= Math.min(view.to, run.end); t += step) {
    const x = left + (t - view.from) / (view.to - view.from) * (width - left);
    context.fillStyle = palette.line;
    context.fillRect(Math.round(x), top, 1, y - top);
    context.fillStyle = palette.quiet;
    const text = moment(t, step), half = context.measureText(text).width / 2;
    context.fillText(text, Math.min(Math.max(x, half), width - half), y + 10);
  }
  context.textAlign = 'left';
};

// Hatching, so that bands differ by more than their colour.
const hatch = (context, colour) => {
  const tile = document.createElement('canvas');
  tile.width = tile.height = 8;
  const pen = tile.getContext('2d');
  pen.strokeStyle = colour;
  pen.lineWidth = 1.2;
  pen.beginPath();
  for (const x of [-8, 0, 8]) {
    pen.moveTo(x, 8);
    pen.lineTo(x + 8, 0);
  }
  pen.stroke();
  return context.createPattern(tile, 'repeat');
};

// Bands from injection to heal, hatched on until the last node answered again, with a label each above.
const drawFaultBands = (context, left, width, top, height, labels) => {
  const x = t => left + (t - view.from) / (view.to - view.from) * (width - left);
  const free = {};
  context.save();
  context.beginPath();
  context.rect(left, 0, width - left, top + height);
  context.clip();
  for (const fault of page.faults) {
    const recovered = fault.recovered.reduce((last, node) => Math.max(last, node.time), fault.end);
    if (recovered < view.from || fault.start > view.to) continue;
    const colour = faultColour(fault), from = x(fault.start), to = Math.max(x(fault.end), from + 1);
    context.globalAlpha = 0.16;
    context.fillStyle = colour;
    context.fillRect(from, top, to - from, height);
    context.globalAlpha = 0.4;
    context.fillStyle = hatch(context, colour);
    context.fillRect(to, top, x(recovered) - to, height);
    context.globalAlpha = 1;
    if (!labels) continue;
    const row = ['partition', 'kill', 'pause'].indexOf(fault.fault);
    const y = top - 14 * (3 - (row < 0 ? 2 : row)) + 3;
    context.fillStyle = colour;
    context.fillRect(from, y, Math.max(to - from, 2), 11);
    const start = Math.max(from, left) + 4, fits = to - start;
    if (start > (free[y] || 0) && fits > context.measureText(fault.fault).width) {
      context.fillStyle = palette.surface;
      const long = context.measureText(fault.text).width < fits - 4;
      context.fillText(long ? fault.text : fault.fault, start, y + 6);
      free[y] = start + context.measureText(long ? fault.text : fault.fault).width;
    }
  }
  context.restore();
};
