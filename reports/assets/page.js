// What the reader does: keys, pointers, search, theme, copying. Then the start.
const hit = event => {
  const box = timeline.canvas.getBoundingClientRect(), shape = geometry();
  const x = event.clientX - box.left, row = Math.floor((event.clientY - box.top - shape.head) / shape.rowHeight);
  const lane = timeline.lanes[row + timeline.top];
  if (!lane || row < 0 || row >= shape.rows || x < laneLeft) return -1;
  const slack = (view.to - view.from) / box.width * 4, time = timeAt(x, box.width);
  const place = placeAt(lane, time + slack) - 1;
  if (place < 0) return -1;
  const i = lane.operations[place];
  return endOf(i) + slack >= time ? i : -1;
};

const neighbour = (i, by) => {
  const lane = timeline.lanes[timeline.lane[i]], place = placeAt(lane, run.call[i]) + by;
  return place >= 0 && place < lane.used ? lane.operations[place] : i;
};
const otherLane = (i, by) => {
  for (let row = timeline.lane[i] + by; row >= 0 && row < timeline.laneCount; row += by) {
    const lane = timeline.lanes[row];
    if (lane.used > 0) return lane.operations[Math.max(placeAt(lane, run.call[i] + 1) - 1, 0)];
  }
  return i;
};
const firstInView = () => {
  let best = -1;
  for (const lane of timeline.lanes) {
    const place = placeAt(lane, view.from);
    if (place < lane.used && (best < 0 || run.call[lane.operations[place]] < run.call[best])) {
      best = lane.operations[place];
    }
  }
  return best;
};

const stepAnomaly = by => {
  const count = page.anomalies.length;
  if (count > 0) showAnomaly(((timeline.anomaly < 0 && by < 0 ? 0 : timeline.anomaly) + by + count) % count);
};

const moveRows = by => {
  timeline.top += by * geometry().rows;
  redraw();
};

const onKey = event => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const i = timeline.selected, move = next => select(i < 0 ? firstInView() : next(), true);
  const actions = {
    ArrowLeft: () => event.shiftKey ? pan(-0.25) : move(() => neighbour(i, -1)),
    ArrowRight: () => event.shiftKey ? pan(0.25) : move(() => neighbour(i, 1)),
    ArrowUp: () => move(() => otherLane(i, -1)), ArrowDown: () => move(() => otherLane(i, 1)),
    '+': () => zoom(0.5), '=': () => zoom(0.5), '-': () => zoom(2), Home: showAll,
    PageUp: () => moveRows(-1), PageDown: () => moveRows(1),
    Enter: () => { if (i >= 0) zoomTo([i]); },
    n: () => stepAnomaly(1), p: () => stepAnomaly(-1),
    Escape: () => { timeline.anomaly = -1; select(-1, false); },
  };
  const action = actions[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!action) return;
  event.preventDefault();
  action();
};

// One pointer drags, two pinch. A press that did not move chooses an operation.
const startPointers = canvas => {
  const pointers = timeline.pointers;
  let moved = 0;
  canvas.addEventListener('pointerdown', event => {
    canvas.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, event);
    moved = 0;
  });
  canvas.addEventListener('pointermove', event => {
    const before = pointers.get(event.pointerId), width = canvas.clientWidth - laneLeft;
    if (!before) {
      const over = hit(event);
      if (over !== timeline.hovered) {
        timeline.hovered = over;
        canvas.title = over < 0 ? '' : `${describe(over)} (${outcomes[run.outcome[over]]}, ` +
          `process ${run.process[over]}, ${duration(run.duration[over])})`;
        redraw();
      }
      return;
    }
    moved += Math.abs(event.clientX - before.clientX);
    if (pointers.size === 1) {
      pan((before.clientX - event.clientX) / width);
    } else {
      const other = [...pointers.values()].find(p => p.pointerId !== event.pointerId);
      const was = Math.abs(before.clientX - other.clientX), is = Math.abs(event.clientX - other.clientX);
      const centre = (event.clientX + other.clientX) / 2 - canvas.getBoundingClientRect().left;
      if (was > 8 && is > 8) zoom(was / is, timeAt(centre, canvas.clientWidth));
    }
    pointers.set(event.pointerId, event);
  });
  const end = event => {
    if (pointers.delete(event.pointerId) && event.type === 'pointerup' && moved < 4) select(hit(event), false);
  };
  for (const type of ['pointerup', 'pointercancel']) canvas.addEventListener(type, end);
  canvas.addEventListener('pointerleave', () => { timeline.hovered = -1; redraw(); });
  canvas.addEventListener('dblclick', event => zoom(0.4, timeAt(event.offsetX, canvas.clientWidth)));
  canvas.addEventListener('wheel', event => {
    if (Math.abs(event.deltaX) > Math.abs(event.deltaY) || event.shiftKey) {
      event.preventDefault();
      return pan((event.deltaX || event.deltaY) / canvas.clientWidth);
    }
    if (!event.ctrlKey && document.activeElement !== canvas) return;  // the page scrolls
    event.preventDefault();
    zoom(Math.exp(Math.min(Math.max(event.deltaY, -200), 200) * 0.004), timeAt(event.offsetX, canvas.clientWidth));
  }, {passive: false});
};

const startOverview = canvas => {
  const go = event => {
    if (event.type !== 'pointerdown' && !(event.buttons & 1)) return;
    const box = canvas.getBoundingClientRect(), centre = (event.clientX - box.left) / box.width * run.end;
    const span = Math.min(view.to - view.from, run.end * 0.2);
    show(centre - span / 2, centre + span / 2);
  };
  canvas.addEventListener('pointerdown', event => { canvas.setPointerCapture(event.pointerId); go(event); });
  canvas.addEventListener('pointermove', go);
};

const setKeyFilter = key => {
  timeline.key = key;
  const button = document.getElementById('key-filter');
  button.hidden = key === 0;
  button.textContent = `Only key ${run.text(key)} \u2715`;
  fillLanes();
  redraw();
};

// "120" or "event 120", "process 3" or "p3", "key x": from the chosen operation on, round and round.
const search = text => {
  const process = /^p(?:rocess)?\s*(-?\d+)$/i.exec(text), event = /^(?:e(?:vent)?\s*)?(\d[\d,]*)$/i.exec(text);
  const key = /^k(?:ey)?\s+(.+)$/i.exec(text);
  if (event) {
    const wanted = +event[1].replaceAll(',', ''), i = operationAtEvent(wanted);
    if (i < run.count && run.position[i] === wanted) return found(i);
    // A completion: then the operation called before it that it completes.
    for (let j = i - 1, least = Math.max(i - 100000, 0); j >= least; --j) {
      if (run.completion[j] && run.position[j] + run.completion[j] === wanted) return found(j);
    }
    return 'No operation begins or ends with this event.';
  }
  let matches = null;
  if (process) matches = i => run.process[i] === +process[1];
  if (key) {
    const wanted = [key[1], JSON.stringify(key[1])], ids = new Set(run.key);
    const id = wanted.map(word => run.findText(word, ids)).find(id => id > 0);
    if (!id) return `No operation has the key ${key[1]}.`;
    setKeyFilter(id);
    matches = i => run.key[i] === id;
  }
  if (!matches) return 'Try an event number, "process 3", or "key x".';
  for (let step = 1; step <= run.count; ++step) {
    const i = (Math.max(timeline.selected, -1) + step) % run.count;
    if (matches(i)) return found(i);
  }
  return 'Nothing found.';
};
const found = i => {
  const span = run.end / run.count * 60 * timeline.laneCount;
  if (view.to - view.from > span * 20) show(run.call[i] - span / 2, run.call[i] + span / 2);
  select(i, true);
  return `Event ${grouped(run.position[i])}: ${describe(i)}`;
};

const startControls = () => {
  const actions = {in: () => zoom(0.5), out: () => zoom(2), all: showAll,
                   'rows-up': () => moveRows(-1), 'rows-down': () => moveRows(1),
                   'next-anomaly': () => stepAnomaly(1), 'previous-anomaly': () => stepAnomaly(-1)};
  for (const button of document.querySelectorAll('[data-timeline]')) {
    button.addEventListener('click', actions[button.dataset.timeline]);
  }
  for (const box of document.querySelectorAll('input[data-outcome]')) {
    box.addEventListener('change', () => {
      timeline.shown[outcomes.indexOf(box.dataset.outcome)] = box.checked;
      fillLanes();
      redraw();
    });
  }
  document.getElementById('search').addEventListener('submit', event => {
    event.preventDefault();
    const text = document.getElementById('search-text').value.trim();
    document.getElementById('search-result').textContent = text ? search(text) : '';
  });
  document.getElementById('key-filter').addEventListener('click', () => setKeyFilter(0));
  for (const link of document.querySelectorAll('[data-anomaly], [data-operation]')) {
    link.addEventListener('click', () => {
      const {anomaly, operation} = link.dataset;
      if (anomaly !== undefined) return showAnomaly(+anomaly);
      zoomTo([+operation]);
      select(+operation, true);
    });
  }
};

const startTimeline = () => {
  timeline.canvas = document.getElementById('timeline-canvas');
  if (!timeline.canvas) return;
  timeline.overview = document.getElementById('overview-canvas');
  assignLanes();
  fillLanes();
  timeline.canvas.addEventListener('keydown', onKey);
  startPointers(timeline.canvas);
  startOverview(timeline.overview);
  startControls();
  addPainter(timeline.canvas, drawTimeline);
  addPainter(timeline.overview, drawOverview);
};

const paintEverything = () => {
  readPalette();
  for (const painter of view.painters) painter.paint();
};

const startTheme = () => {
  const root = document.documentElement, system = matchMedia('(prefers-color-scheme: dark)');
  const refresh = () => { readPalette(); redraw(); };
  document.getElementById('theme').addEventListener('click', () => {
    const dark = root.dataset.theme ? root.dataset.theme === 'dark' : system.matches;
    root.dataset.theme = dark ? 'light' : 'dark';
    refresh();
  });
  system.addEventListener('change', refresh);
  addEventListener('beforeprint', () => { root.classList.add('printing'); paintEverything(); });
  addEventListener('afterprint', () => { root.classList.remove('printing'); paintEverything(); });
};

const startCopying = () => {
  for (const button of document.querySelectorAll('[data-copy]')) {
    button.addEventListener('click', async () => {
      const source = document.getElementById(button.dataset.copy);
      try {
        await navigator.clipboard.writeText(source.textContent);
        button.textContent = 'Copied';
      } catch {  // no clipboard for this page: leave it selected for the reader's own Ctrl+C
        getSelection().selectAllChildren(source);
        button.textContent = 'Selected';
      }
      setTimeout(() => { button.textContent = 'Copy'; }, 1500);
    });
  }
};

const start = async () => {
  const began = performance.now(), root = document.documentElement;
  readPalette();
  startTheme();
  startCopying();
  try {
    await loadColumns();
    startTimeline();
    startCharts();
    showAll();
    paintEverything();
    addEventListener('resize', redraw);
    addEventListener('scroll', schedulePaint, {passive: true});
    root.dataset.milliseconds = Math.round(performance.now() - began);
    root.dataset.ready = 'true';
  } catch (error) {
    root.dataset.error = String(error && error.stack || error);
    const note = document.createElement('p');
    note.className = 'note';
    note.textContent = 'Charts and timeline could not be drawn: ' + error;
    document.getElementById('main').prepend(note);
  }
};
start();
