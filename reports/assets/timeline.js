// The timeline: a lane for each client thread. A process keeps its lane; when an unknown outcome retires it,
// its successor takes the lane over. Lanes hold their operations in order with running counts of fails and
// infos, so that any pixel's content at any zoom is two binary searches away: levels of detail without
// a pyramid, exact at all of them.
const timeline = {lanes: [], lane: null, top: 0, selected: -1, anomaly: -1, hovered: -1,
                  shown: [true, true, true], key: 0, ink: null, pointers: new Map()};
const laneLeft = 58, mostDetail = 6000;

const assignLanes = () => {
  const lane = new Uint32Array(run.count), laneOf = new Map(), lanes = [], retired = [];
  for (let i = 0; i < run.count; ++i) {
    const process = run.process[i];
    let at = laneOf.get(process);
    if (at === undefined) {
      const wanted = page.concurrency > 0 ? process % page.concurrency : -1;
      const place = retired.findIndex(old => old.end <= run.call[i] && (wanted < 0 || old.wanted === wanted));
      if (place >= 0 && place < 256) {
        at = retired[place].lane;
        retired.splice(place, 1);
      } else {
        at = lanes.length;
        lanes.push({wanted, count: 0, end: -1, first: process});
      }
      laneOf.set(process, at);
    }
    lane[i] = at;
    ++lanes[at].count;
    if (run.outcome[i] === 2) {
      const end = run.duration[i] < 0 ? Infinity : endOf(i);
      retired.push({lane: at, end, wanted: lanes[at].wanted});
    }
  }
  // By thread, as people count them.
  const order = lanes.map((_, i) => i).sort((a, b) => lanes[a].first - lanes[b].first);
  const rank = new Uint32Array(lanes.length);
  order.forEach((old, place) => { rank[old] = place; });
  for (let i = 0; i < run.count; ++i) lane[i] = rank[lane[i]];
  timeline.lane = lane;
  timeline.laneCount = lanes.length;
};

// Fills the lanes with what the filters let through.
const fillLanes = () => {
  const {lane, laneCount, shown, key} = timeline, size = new Uint32Array(laneCount);
  const keep = i => shown[run.outcome[i]] && (key === 0 || run.key[i] === key);
  for (let i = 0; i < run.count; ++i) if (keep(i)) ++size[lane[i]];
  timeline.lanes = Array.from(size, n => ({
    operations: new Uint32Array(n), fails: new Uint32Array(n + 1), infos: new Uint32Array(n + 1), used: 0}));
  for (let i = 0; i < run.count; ++i) {
    if (!keep(i)) continue;
    const to = timeline.lanes[lane[i]], at = to.used++;
    to.operations[at] = i;
    to.fails[at + 1] = to.fails[at] + (run.outcome[i] === 1);
    to.infos[at + 1] = to.infos[at] + (run.outcome[i] === 2);
  }
};

// The first place in a lane, from `low` on, whose operation is called at or after a time.
const placeAt = (lane, time, low = 0) => {
  let high = lane.used;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (run.call[lane.operations[middle]] < time) low = middle + 1; else high = middle;
  }
  return low;
};

const geometry = () => {
  const canvas = timeline.canvas, width = canvas.clientWidth || 600;
  const room = Math.min(Math.max(innerHeight * 0.6, 240), 560);
  const rowHeight = Math.min(Math.max(Math.floor(room / timeline.laneCount), 12), 28);
  const rows = Math.min(Math.max(Math.floor(room / rowHeight), 1), timeline.laneCount);
  timeline.top = Math.min(Math.max(timeline.top, 0), timeline.laneCount - rows);
  return {width, rowHeight, rows, head: faultSpace, height: faultSpace + rows * rowHeight + 22};
};
const xOf = (time, width) => laneLeft + (time - view.from) / (view.to - view.from) * (width - laneLeft);
const timeAt = (x, width) => view.from + (x - laneLeft) / (width - laneLeft) * (view.to - view.from);

const drawOperation = (context, i, y, height, width) => {
  const outcome = run.outcome[i], from = xOf(run.call[i], width);
  const to = Math.max(xOf(endOf(i), width), from + 1.5), left = Math.max(from, laneLeft - 2);
  const wide = Math.min(to, width + 2) - left;
  context.fillStyle = context.strokeStyle = outcomeColour(outcome);
  if (outcome === 0) {
    context.fillRect(left, y + 2, wide, height - 4);
  } else {
    context.globalAlpha = 0.22;
    context.fillRect(left, y + 2, wide, height - 4);
    context.globalAlpha = 1;
    if (outcome === 1) {
      context.strokeRect(left + 0.5, y + 2.5, Math.max(wide - 1, 0.5), height - 5);
    } else {  // open to the right: it may still take effect
      context.beginPath();
      context.moveTo(left + wide, y + 2.5);
      context.lineTo(left + 0.5, y + 2.5);
      context.lineTo(left + 0.5, y + height - 2.5);
      context.lineTo(left + wide, y + height - 2.5);
      context.stroke();
    }
  }
  if (wide < 26 || height < 12) return;
  context.fillStyle = outcome === 0 ? palette.surface : palette.ink;
  const mark = ['', '\u2715 ', '? '][outcome], fits = Math.floor((wide - 8) / 6);
  let text = mark + describe(i);
  if (text.length > fits) text = text.slice(0, Math.max(fits - 1, 0)) + '\u2026';
  context.fillText(text, left + 4, y + height / 2 + 0.5);
};

// Many operations a pixel: the share of each outcome as stacked colour, fails and infos never hidden.
const drawDense = (context, lane, y, height, width) => {
  const cell = 2, inner = height - 3;
  let place = placeAt(lane, view.from);
  if (place > 0 && endOf(lane.operations[place - 1]) > view.from) --place;
  const perPixel = (view.to - view.from) / (width - laneLeft);
  for (let x = laneLeft; x < width && place < lane.used; x += cell) {
    const next = placeAt(lane, timeAt(x + cell, width), place);
    if (next === place) continue;
    const fails = lane.fails[next] - lane.fails[place], infos = lane.infos[next] - lane.infos[place];
    const count = next - place, ok = count - fails - infos;
    let bottom = y + height - 1.5;
    for (const [n, colour] of [[ok, palette.ok], [fails, palette.fail], [infos, palette.info]]) {
      if (n === 0) continue;
      const share = Math.max(inner * n / count, Math.min(3, inner / 3));
      context.fillStyle = colour;
      context.fillRect(x, Math.max(bottom - share, y + 1.5), cell, Math.min(share, bottom - y - 1.5));
      bottom -= share;
    }
    // One that outlasts its pixels is drawn as long as it took.
    const last = lane.operations[next - 1];
    if (endOf(last) - run.call[last] > 2 * cell * perPixel) drawOperation(context, last, y, height, width);
    place = next;
  }
};

const outline = (context, i, width, shape, colour) => {
  const row = timeline.lane[i] - timeline.top;
  if (row < 0 || row >= shape.rows) return;
  const from = xOf(run.call[i], width), to = Math.max(xOf(endOf(i), width), from + 6);
  if (to < laneLeft || from > width) return;
  const y = shape.head + row * shape.rowHeight;
  context.strokeStyle = colour;
  context.lineWidth = 2;
  context.strokeRect(from - 2, y, to - from + 4, shape.rowHeight);
  context.lineWidth = 1;
};

const processAt = lane => {
  const place = Math.min(placeAt(lane, (view.from + view.to) / 2), lane.used - 1);
  return place < 0 ? '' : 'p ' + run.process[lane.operations[place]];
};

const drawTimeline = () => {
  const shape = geometry(), {context, width} = prepare(timeline.canvas, shape.height);
  const bottom = shape.head + shape.rows * shape.rowHeight;
  drawFaultBands(context, laneLeft, width, shape.head, bottom - shape.head, true);
  drawTimeAxis(context, laneLeft, width, bottom, shape.head);
  const rows = timeline.lanes.slice(timeline.top, timeline.top + shape.rows);
  const ranges = rows.map(lane => [Math.max(placeAt(lane, view.from) - 1, 0), placeAt(lane, view.to)]);
  const detailed = ranges.reduce((sum, [from, to]) => sum + to - from, 0) <= mostDetail;
  context.save();
  context.beginPath();
  context.rect(laneLeft, shape.head, width - laneLeft, bottom - shape.head);
  context.clip();
  rows.forEach((lane, row) => {
    const y = shape.head + row * shape.rowHeight;
    if (!detailed) return drawDense(context, lane, y, shape.rowHeight, width);
    for (let place = ranges[row][0]; place < ranges[row][1]; ++place) {
      drawOperation(context, lane.operations[place], y, shape.rowHeight, width);
    }
  });
  if (timeline.anomaly >= 0) {
    for (const i of page.anomalies[timeline.anomaly].operations) outline(context, i, width, shape, palette.warn);
  }
  if (timeline.hovered >= 0) outline(context, timeline.hovered, width, shape, palette.quiet);
  if (timeline.selected >= 0) outline(context, timeline.selected, width, shape, palette.accent);
  context.restore();
  context.fillStyle = palette.quiet;
  rows.forEach((lane, row) =>
    context.fillText(processAt(lane), 4, shape.head + (row + 0.5) * shape.rowHeight));
  for (const [row, name] of ['partition', 'kill', 'pause'].entries()) {
    if (page.faults.some(fault => fault.fault === name)) {
      context.fillText(name, 4, shape.head - 14 * (3 - row) + 9);
    }
  }
  const more = timeline.laneCount - timeline.top - shape.rows;
  for (const button of document.querySelectorAll('[data-timeline^="rows-"]')) {
    button.hidden = timeline.laneCount <= shape.rows;
  }
  if (more > 0 || timeline.top > 0) {
    context.textAlign = 'right';
    context.fillText(`rows ${timeline.top + 1} to ${timeline.top + shape.rows} of ${timeline.laneCount}`,
                     width - 4, 7);
    context.textAlign = 'left';
  }
};

// The whole run in one strip: how busy it was, where faults and anomalies are, and what is in view.
const drawOverview = () => {
  const {context, width, height} = prepare(timeline.overview, 44), x = t => t / run.end * width;
  if (!timeline.busy || timeline.busy.length !== Math.ceil(width / 2)) {
    timeline.busy = new Float64Array(Math.ceil(width / 2));
    for (let i = 0; i < run.count; ++i) {
      ++timeline.busy[Math.min(Math.floor(run.call[i] / run.end * timeline.busy.length), timeline.busy.length - 1)];
    }
  }
  const most = timeline.busy.reduce((a, b) => Math.max(a, b), 1);
  for (const fault of page.faults) {
    context.globalAlpha = 0.25;
    context.fillStyle = faultColour(fault);
    context.fillRect(x(fault.start), 0, Math.max(x(fault.end) - x(fault.start), 1), height);
  }
  context.globalAlpha = 0.7;
  context.fillStyle = palette.ok;
  timeline.busy.forEach((n, i) => context.fillRect(i * 2, height - n / most * (height - 12), 2, n / most * (height - 12)));
  context.globalAlpha = 1;
  context.fillStyle = palette.warn;
  for (const anomaly of page.anomalies) {
    for (const i of anomaly.operations.slice(0, 1)) {
      const at = x(run.call[i]);
      context.beginPath();
      context.moveTo(at - 5, 0);
      context.lineTo(at + 5, 0);
      context.lineTo(at, 9);
      context.fill();
    }
  }
  context.strokeStyle = palette.accent;
  context.lineWidth = 2;
  const from = Math.max(x(view.from), 1), to = Math.min(x(view.to), width - 1);
  context.strokeRect(from, 1, Math.max(to - from, 3), height - 2);
};

const select = (i, reveal) => {
  timeline.selected = i;
  showDetails(i);
  if (i >= 0 && reveal) {
    const rows = geometry().rows, row = timeline.lane[i];
    if (row < timeline.top || row >= timeline.top + rows) timeline.top = row - (rows >> 1);
    const span = view.to - view.from;
    if (run.call[i] < view.from || run.call[i] > view.to) show(run.call[i] - span / 2, run.call[i] + span / 2);
  }
  redraw();
};

const zoomTo = operations => {
  let from = Infinity, to = 0;
  for (const i of operations) {
    from = Math.min(from, run.call[i]);
    // An operation that nobody saw end says where it begins.
    to = Math.max(to, run.outcome[i] === 2 ? run.call[i] : endOf(i));
  }
  const margin = Math.max((to - from) * 0.25, page.clock === 'time' ? 1e5 : 2);
  show(from - margin, to + margin);
};

const showAnomaly = number => {
  const anomaly = page.anomalies[number];
  if (!anomaly) return;
  timeline.anomaly = number;  // also of one that cites no operation: the next step leads on
  if (anomaly.operations.length === 0) return redraw();
  zoomTo(anomaly.operations);
  select(anomaly.operations[0], true);
};

// Details are text nodes throughout: what clients and servers wrote is never parsed as HTML.
const showDetails = i => {
  const box = document.getElementById('details'), add = (parent, tag, text) => {
    const element = document.createElement(tag);
    element.textContent = text;
    parent.append(element);
    return element;
  };
  box.replaceChildren();
  if (i < 0) return void (add(box, 'p', 'Choose an operation to see its details.').className = 'quiet');
  const outcome = outcomes[run.outcome[i]], head = add(box, 'p', '');
  add(head, 'span', outcome).className = 'outcome ' + outcome;
  add(head, 'code', ' ' + describe(i));
  const terms = add(box, 'dl', '');
  terms.className = 'terms';
  const term = (name, text) => {
    if (text === '') return;
    const pair = add(terms, 'div', '');
    add(pair, 'dt', name);
    add(pair, 'dd', text);
  };
  term('Event', grouped(run.position[i]) +
       (run.completion[i] ? ' to ' + grouped(run.position[i] + run.completion[i]) : ''));
  term('Process', String(run.process[i]));
  term('Node', page.nodes[run.node[i]]);
  term('Key', run.text(run.key[i]));
  term('Asked', run.text(run.input[i]));
  term('Answered', run.text(run.output[i]));
  term('Error', run.text(run.error[i]));
  if (page.clock === 'time') {
    term('Called', moment(run.call[i], 1e3));
    term('Took', duration(run.duration[i]));
  }
  const active = page.faults.filter(fault => fault.start <= endOf(i) && fault.end >= run.call[i]);
  term('Faults then', active.map(fault => fault.text).join('; '));
};
