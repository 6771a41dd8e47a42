// Formats numbers and times as the dashboard does (appliance/reports/number_format.py).
const MINUS = "−";
const NOTHING = "–";
const known = (value) => value !== null && value !== undefined && Number.isFinite(value);
const formats = new Map();

function digits(value, places, signed = false) {
  if (!formats.has(places)) {
    formats.set(places, new Intl.NumberFormat("en-US", { minimumFractionDigits: places, maximumFractionDigits: places }));
  }
  const text = formats.get(places).format(Math.abs(value));
  if (!/[1-9]/.test(text)) return text;
  return value < 0 ? MINUS + text : signed && value > 0 ? `+${text}` : text;
}

const percent = (ratio, places = 2) => (known(ratio) ? `${digits(ratio * 100, places, true)} %` : NOTHING);

// A rate: six significant digits, at least two decimal places.
function price(value) {
  if (!known(value)) return NOTHING;
  const size = value ? Math.floor(Math.log10(Math.abs(value))) : 0;
  return digits(value, Math.min(10, Math.max(2, 5 - size)));
}

function amount(value) {
  const text = price(value);
  return text.includes(".") ? text.replace(/0+$/, "").replace(/\.$/, "") : text;
}

function duration(seconds) {
  const [minutes, hours, days] = [60, 3600, 86400].map((unit) => Math.floor(seconds / unit));
  if (!minutes) return `${Math.floor(seconds)} s`;
  if (!hours) return `${minutes} min`;
  if (!days) return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
  return hours % 24 ? `${days} d ${hours % 24} h` : `${days} d`;
}

// Seconds since 1970, as UTC to the minute.
const moment = (seconds) => new Date(seconds * 1000).toISOString().slice(0, 16).replace("T", " ");
const tone = (value, places = 4) => {
  const shown = Number(value.toFixed(places));
  return shown > 0 ? "up" : shown < 0 ? "down" : "flat";
};
