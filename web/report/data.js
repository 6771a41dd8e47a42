// Unpacks what the page carries: base64 texts of deflated JSON or integers (appliance/research/report/packed.py).
async function inflated(id) {
  const letters = atob(document.getElementById(id).textContent);
  const bytes = new Uint8Array(letters.length);
  for (let place = 0; place < letters.length; place += 1) bytes[place] = letters.charCodeAt(place);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

const unpackedJson = async (id) => JSON.parse(new TextDecoder().decode(await inflated(id)));

// Columns of integers, stored as all lowest bytes, then all second ones, and so on.
function columns(bytes, count) {
  const total = bytes.length / 4;
  const values = new Uint32Array(total);
  for (let plane = 3; plane >= 0; plane -= 1) {
    for (let place = 0; place < total; place += 1) values[place] = (values[place] << 8) | bytes[plane * total + place];
  }
  return Array.from({ length: total / count }, (_, place) => values.subarray(place * count, (place + 1) * count));
}

const signed = (value) => (value & 1 ? -((value + 1) / 2) : value / 2);

// Candles from `start` to `end` - 1; the first one is stored whole, the others as differences.
function candles(parts, start, end, places) {
  const [passed, moved, body, above, below] = parts;
  const unit = 10 ** -places;
  const found = [];
  let time = 0;
  let close = 0;
  for (let place = start; place < end; place += 1) {
    time += passed[place];
    const open = close + signed(moved[place]);
    close = open + signed(body[place]);
    const high = Math.max(open, close) + above[place];
    const low = Math.min(open, close) - below[place];
    found.push({ time, open: open * unit, high: high * unit, low: low * unit, close: close * unit });
  }
  return found;
}
