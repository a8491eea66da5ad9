// The page's data: columns from base64 over inflate to typed arrays. Strings are made when asked for, so
// that a million values cost their bytes and no more.
const page = JSON.parse(document.getElementById('page-data').textContent);
const outcomes = ['ok', 'fail', 'info'];

const fromBase64 = text => {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
  const binary = atob(text), bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; ++i) bytes[i] = binary.charCodeAt(i);
  return bytes;
};

const inflate = async bytes => {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
};

// LEB128 varints of zigzag codes. Sums stay exact below 2^53, which is 104 days of nanoseconds.
const decode = (bytes, count, delta) => {
  const out = new Float64Array(count);
  let at = 0, last = 0;
  for (let i = 0; i < count; ++i) {
    let code = 0, scale = 1, byte;
    do {
      byte = bytes[at++];
      code += (byte & 127) * scale;
      scale *= 128;
    } while (byte > 127);
    const value = code % 2 ? -(code + 1) / 2 : code / 2;
    last = delta ? last + value : value;
    out[i] = last;
  }
  return out;
};

const run = {count: page.operations, end: Math.max(page.end, 1)};

const loadColumns = async () => {
  const raw = {}, coding = {};
  await Promise.all([...document.querySelectorAll('script.column')].map(async element => {
    const {name, coding: how} = element.dataset;
    const text = element.textContent;
    element.remove();
    coding[name] = how;
    raw[name] = await inflate(fromBase64(text));
  }));
  const column = name => decode(raw[name], run.count, coding[name] === 'delta');
  run.call = column('call');
  run.duration = column('duration');
  run.logDuration = Float32Array.from(run.duration, d => Math.log10(Math.max(d, 1)));
  run.position = Uint32Array.from(column('position'));
  run.completion = Uint32Array.from(column('completion'));
  run.process = Int32Array.from(column('process'));
  for (const name of ['key', 'input', 'output', 'error']) run[name] = Uint32Array.from(column(name));
  for (const name of ['function', 'node']) run[name] = Uint16Array.from(column(name));
  run.outcome = Uint8Array.from(column('outcome'));
  loadTexts(raw['text-size'], raw.text);
};

const loadTexts = (sizes, bytes) => {
  let count = 0;
  for (const byte of sizes) count += byte < 128;
  const size = decode(sizes, count, false), start = new Uint32Array(count + 1);
  for (let i = 0; i < count; ++i) start[i + 1] = start[i] + size[i];
  const utf8 = new TextDecoder();
  // Number 0 is "no value".
  run.text = id => id === 0 ? '' : utf8.decode(bytes.subarray(start[id - 1], start[id]));
  run.findText = (wanted, ids) => {
    for (const id of ids) if (run.text(id) === wanted) return id;
    return 0;
  };
};

// When an operation was over: its completion, or the end of the run where none was recorded.
const endOf = i => run.duration[i] < 0 ? run.end : run.call[i] + run.duration[i];

const describe = i => {
  const key = run.text(run.key[i]), input = run.text(run.input[i]), output = run.text(run.output[i]);
  let text = page.functions[run.function[i]];
  if (key) text += ' ' + key;
  if (input && input !== 'null') text += ' ' + input;
  if (run.outcome[i] === 0 && output && output !== input) text += ' = ' + output;
  return text;
};

// The first operation at or after an event; count where there is none.
const operationAtEvent = event => {
  let low = 0, high = run.count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (run.position[middle] < event) low = middle + 1; else high = middle;
  }
  return low;
};
