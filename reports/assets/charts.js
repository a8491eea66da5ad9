// Latency and throughput over the shared stretch of time. Every visible operation counts: a million of
// them are binned to pixels at each frame, which is exact at every zoom.
const chartLeft = 58, faultSpace = 46;

// The operations whose call may lie in view: calls are in order.
const visibleRange = () => {
  const bound = time => {
    let low = 0, high = run.count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (run.call[middle] < time) low = middle + 1; else high = middle;
    }
    return low;
  };
  return [bound(view.from), bound(view.to)];
};

const drawMarker = (context, outcome, x, y) => {
  if (outcome === 0) {
    context.fillRect(x - 1, y - 1, 2, 2);
  } else if (outcome === 1) {
    context.beginPath();
    context.moveTo(x - 3, y - 3);
    context.lineTo(x + 3, y + 3);
    context.moveTo(x + 3, y - 3);
    context.lineTo(x - 3, y + 3);
    context.stroke();
  } else {
    context.beginPath();
    context.moveTo(x, y - 4);
    context.lineTo(x + 4, y + 3);
    context.lineTo(x - 4, y + 3);
    context.closePath();
    context.stroke();
  }
};

const drawLatency = canvas => {
  const {context, width, height} = prepare(canvas, 320);
  const top = faultSpace, bottom = height - 22, plotWidth = Math.max(width - chartLeft, 1);
  const [first, last] = visibleRange();
  let low = Infinity, high = 0;
  for (let i = first; i < last; ++i) {
    const d = run.duration[i];
    if (d > high) high = d;
    if (d > 0 && d < low) low = d;
  }
  if (!(high > 0)) { low = 1e3; high = 1e9; }
  const lowest = Math.floor(Math.log10(Math.max(low, 1))), highest = Math.max(Math.ceil(Math.log10(high)), lowest + 1);
  const y = d => bottom - (Math.log10(Math.max(d, 1)) - lowest) / (highest - lowest) * (bottom - top);
  drawFaultBands(context, chartLeft, width, top, bottom - top, true);
  drawTimeAxis(context, chartLeft, width, bottom, top);
  for (let power = lowest; power <= highest; ++power) {
    context.fillStyle = palette.line;
    context.fillRect(chartLeft, Math.round(y(10 ** power)), plotWidth, 1);
    context.fillStyle = palette.quiet;
    context.textAlign = 'right';
    context.fillText(duration(10 ** power), chartLeft - 6, y(10 ** power));
  }
  context.textAlign = 'left';
  const scale = plotWidth / (view.to - view.from), cell = 2, rows = Math.ceil((bottom - top) / cell) + 2;
  const columns = Math.ceil(plotWidth / cell) + 1, seen = new Uint16Array(columns * rows);
  const perDecade = (bottom - top) / (highest - lowest);
  const yOf = i => bottom - (run.logDuration[i] - lowest) * perDecade;
  for (const outcome of [0, 1, 2]) {
    seen.fill(0);
    context.fillStyle = context.strokeStyle = outcomeColour(outcome);
    const step = outcome === 0 ? 1 : 3;  // room for the larger markers
    for (let i = first; i < last; ++i) {
      if (run.outcome[i] !== outcome || run.duration[i] < 0) continue;
      const px = (run.call[i] - view.from) * scale, py = yOf(i) - top;
      const place = Math.floor(px / cell / step) * rows + Math.max(0, Math.floor(py / cell / step));
      if (seen[place] < 65535) ++seen[place];
    }
    for (let place = 0; place < seen.length; ++place) {
      if (!seen[place]) continue;
      context.globalAlpha = outcome ? 0.85 : Math.min(0.25 + 0.12 * Math.log2(seen[place]), 0.9);
      drawMarker(context, outcome, chartLeft + (Math.floor(place / rows) + 0.5) * cell * step,
                 top + (place % rows + 0.5) * cell * step);
    }
  }
  context.globalAlpha = 1;
  drawQuantiles(context, first, last, scale, yOf, height);
};

// The median (solid) and the 99th percentile (dashed) of the ok ones, in columns of 12 pixels: counted in half
// pixels, as exact as they can be drawn.
const drawQuantiles = (context, first, last, scale, yOf, height) => {
  const wide = 12, lines = [[0.5, []], [0.99, [5, 3]]].map(([q, dash]) => ({q, dash, points: []}));
  const histogram = new Uint32Array(height * 2);
  let count = 0, column = -1;
  const close = () => {
    for (const line of lines) {
      let left = Math.round(line.q * (count - 1)) + 1, row = histogram.length;
      while (left > 0 && row > 0) left -= histogram[--row];  // the fastest are at the bottom
      line.points.push(count >= 3 ? [chartLeft + (column + 0.5) * wide, row / 2] : null);
    }
    histogram.fill(0);
    count = 0;
  };
  for (let i = first; i < last; ++i) {
    if (run.outcome[i] !== 0) continue;
    const place = Math.floor((run.call[i] - view.from) * scale / wide);
    if (place !== column) {
      if (column >= 0) close();
      if (place > column + 1) for (const line of lines) line.points.push(null);
      column = place;
    }
    ++histogram[Math.min(Math.max(Math.round(yOf(i) * 2), 0), histogram.length - 1)];
    ++count;
  }
  if (column >= 0) close();
  context.strokeStyle = palette.ink;
  context.lineWidth = 1.6;
  for (const line of lines) {
    context.setLineDash(line.dash);
    context.beginPath();
    let drawing = false, label = null;
    for (const point of line.points) {
      if (point) {
        if (drawing) context.lineTo(...point); else context.moveTo(...point);
        label = point;
      }
      drawing = point !== null;
    }
    context.stroke();
    if (label) {
      const text = line.q === 0.5 ? 'median' : '99 %', width = context.measureText(text).width;
      context.fillStyle = palette.surface;
      context.globalAlpha = 0.8;
      context.fillRect(label[0] - width - 6, label[1] - 17, width + 6, 13);
      context.globalAlpha = 1;
      context.fillStyle = palette.ink;
      context.fillText(text, label[0] - width - 3, label[1] - 10);
    }
  }
  context.setLineDash([]);
  context.lineWidth = 1;
};

const drawThroughput = canvas => {
  const {context, width, height} = prepare(canvas, 240);
  const top = faultSpace, bottom = height - 22, plotWidth = Math.max(width - chartLeft, 1);
  const step = tickStep(view.to - view.from, plotWidth / 6), start = Math.floor(view.from / step) * step;
  const bins = Math.ceil((view.to - start) / step) + 1, counts = outcomes.map(() => new Float64Array(bins));
  for (let i = 0; i < run.count; ++i) {
    if (run.duration[i] < 0) continue;
    const bin = Math.floor((run.call[i] + run.duration[i] - start) / step);
    if (bin >= 0 && bin < bins) ++counts[run.outcome[i]][bin];
  }
  let most = 0;
  for (const bin of counts) for (const count of bin) most = Math.max(most, count);
  const perSecond = 1e9 / step, tick = tickStep(Math.max(most * perSecond, 1), 4);
  const highest = Math.max(Math.ceil(most * perSecond / tick) * tick, tick);
  const y = rate => bottom - rate / highest * (bottom - top);
  drawFaultBands(context, chartLeft, width, top, bottom - top, true);
  drawTimeAxis(context, chartLeft, width, bottom, top);
  context.textAlign = 'right';
  for (let rate = 0; rate <= highest; rate += tick) {
    context.fillStyle = palette.line;
    context.fillRect(chartLeft, Math.round(y(rate)), plotWidth, 1);
    context.fillStyle = palette.quiet;
    context.fillText(grouped(rate) + '/s', chartLeft - 6, y(rate));
  }
  context.textAlign = 'left';
  const dashes = [[], [2, 2], [6, 3]];
  context.save();
  context.beginPath();
  context.rect(chartLeft, 0, plotWidth, height);
  context.clip();
  context.lineWidth = 1.6;
  for (const outcome of [0, 1, 2]) {
    context.strokeStyle = outcomeColour(outcome);
    context.setLineDash(dashes[outcome]);
    context.beginPath();
    for (let bin = 0; bin < bins; ++bin) {
      const left = start + bin * step;
      if (left >= run.end || left + step <= 0) continue;
      const x = chartLeft + (left + step / 2 - view.from) / (view.to - view.from) * plotWidth;
      context.lineTo(x, y(counts[outcome][bin] * perSecond));
    }
    context.stroke();
  }
  context.restore();
};

const startCharts = () => {
  for (const [id, draw] of [['latency-canvas', drawLatency], ['throughput-canvas', drawThroughput]]) {
    const canvas = document.getElementById(id);
    if (canvas) addPainter(canvas, () => draw(canvas));
  }
};
