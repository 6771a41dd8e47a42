// Candles with indicators in panes, signals and trades of one pair.
const PALETTE = ["#2f7ed8", "#e67e22", "#8e5bd0", "#16a085", "#d64a7f", "#b7950b", "#0097a7", "#8d6e63", "#6c7a89", "#5d8a2f"];
const QUIET = { priceLineVisible: false, lastValueVisible: false };
// A chart holds that many candles at once; it takes others as it is moved.
const HELD = 6000;
const NEAR = 500;

// A colour that a strategy names, if the browser knows it.
const usable = (name, fallback) => (name && CSS.supports("color", name) ? name : fallback);

function pairChart(data, rows, values) {
  const times = rows.map((row) => row.time);
  const feeds = [];
  const legend = [];
  let series = null;
  let volume = null;
  const paint = () => {
    const [up, down] = [colour("up"), colour("down")];
    series?.applyOptions({ upColor: up, borderUpColor: up, wickUpColor: up, downColor: down, borderDownColor: down, wickDownColor: down });
    volume?.applyOptions({ color: colour("quiet", 0.45) });
  };
  const box = document.getElementById("plot");
  // No more may be in view than what is held.
  const minBarSpacing = Math.max(0.02, box.clientWidth / (HELD - 3 * NEAR));
  const { chart, remove } = newChart(box, paint, { timeScale: { minBarSpacing } });
  const feed = (added, point) => {
    feeds.push((begin, end) => added.setData(Array.from({ length: end - begin }, (_, place) => point(begin + place))));
    return added;
  };
  const value = (place) => (row) => (Number.isNaN(values[place][row]) ? { time: times[row] } : { time: times[row], value: values[place][row] });

  function drawPane(pane, index, priceFormat) {
    for (const area of pane.areas) {
      const [one, other] = area.places.map((place) => values[place]);
      const fill = usable(area.color, "rgba(0, 176, 246, 0.16)");
      const isNone = (row) => Number.isNaN(one[row]) || Number.isNaN(other[row]);
      feed(chart.addCustomSeries(new BandView(), { ...QUIET, priceFormat, fill }, index), (row) =>
        isNone(row) ? { time: times[row] } : { time: times[row], one: one[row], other: other[row] });
    }
    for (const one of pane.indicators) {
      const color = usable(one.color, PALETTE[legend.length % PALETTE.length]);
      const kind = one.bars ? LC.HistogramSeries : LC.LineSeries;
      feed(chart.addSeries(kind, { ...QUIET, color, lineWidth: 1.5, priceFormat, crosshairMarkerRadius: 2 }, index), value(one.place));
      legend.push({ name: pane.title ? `${pane.title}: ${one.name}` : one.name, color, place: one.place });
    }
  }

  const prices = { type: "price", precision: data.places, minMove: 10 ** -data.places };
  series = feed(chart.addSeries(LC.CandlestickSeries, { ...QUIET, priceFormat: prices }), (row) => rows[row]);
  drawPane(data.panes[0], 0, prices);
  volume = feed(chart.addSeries(LC.HistogramSeries, { ...QUIET, priceFormat: { type: "volume" } }, 1), value(0));
  const others = data.panes.slice(1).filter((pane) => pane.indicators.length + pane.areas.length);
  others.forEach((pane, place) => drawPane(pane, place + 2, { type: "custom", formatter: amount, minMove: 1e-10 }));
  chart.panes().forEach((pane, place) => pane.setStretchFactor(place ? 1 : 4));
  paint();

  const setMarks = marksOf(series, data, times);
  const look = moving(chart, rows.length, (begin, end) => {
    feeds.forEach((one) => one(begin, begin));
    feeds.forEach((one) => one(begin, end));
    setMarks(begin, end);
  });
  pairLegend(chart, data, rows, values, legend);
  look(rows.length - Math.min(rows.length, Math.max(150, Math.round(box.clientWidth / 6))), rows.length + 2);
  return { chart, series, look, remove, times };
}

// Keeps the candles around what is seen in the chart; `load` puts rows from one place to another into it.
// Returns what shows given rows.
function moving(chart, count, load) {
  const scale = chart.timeScale();
  const slider = document.getElementById("plot-place");
  let begin = -1;
  let isLoading = false;
  function hold(middle) {
    const wanted = Math.max(0, Math.min(count - HELD, Math.round(middle - HELD / 2)));
    if (wanted === begin) return;
    begin = wanted;
    // What the chart tells meanwhile is about candles that are gone.
    isLoading = true;
    requestAnimationFrame(() => requestAnimationFrame(() => { isLoading = false; }));
    load(begin, Math.min(count, begin + HELD));
  }
  function look(from, to) {
    if (begin < 0 || from < begin + NEAR || to > begin + HELD - NEAR) hold((from + to) / 2);
    scale.setVisibleLogicalRange({ from: from - begin, to: to - begin });
    slider.value = (from + to) / 2;
  }
  slider.max = count - 1;
  slider.parentElement.hidden = count <= HELD;
  slider.addEventListener("input", () => {
    const range = scale.getVisibleLogicalRange();
    const half = (range.to - range.from) / 2;
    look(Number(slider.value) - half, Number(slider.value) + half);
  });
  scale.subscribeVisibleLogicalRangeChange((range) => {
    if (!range || isLoading) return;
    slider.value = begin + (range.from + range.to) / 2;
    const isEdge = (range.from < NEAR && begin > 0) || (range.to > HELD - NEAR && begin + HELD < count);
    // Not at once: the chart is still at what it tells about.
    if (isEdge) setTimeout(() => look(begin + range.from, begin + range.to));
  });
  return look;
}

// The marks of signals and trades, which can be switched off. Returns what sets those of some rows.
function marksOf(series, data, times) {
  const marks = LC.createSeriesMarkers(series, []);
  const groups = [
    { name: "Signals", on: true, all: signalMarkers(data.signals, times) },
    { name: "Trades", on: true, all: tradeMarkers(data, times) },
  ].filter((group) => group.all.length);
  let [first, last] = [0, 0];
  const show = () => {
    const seen = groups.filter((group) => group.on).flatMap((group) => group.all);
    marks.setMarkers(seen.filter((mark) => mark.time >= first && mark.time <= last).sort((a, b) => a.time - b.time));
  };
  for (const group of groups) {
    document.getElementById("plot-switches").append(checkbox(group.name, (on) => { group.on = on; show(); }));
  }
  return (begin, end) => {
    [first, last] = [times[begin], times[end - 1]];
    show();
  };
}

function signalMarkers(signals, times) {
  const looks = {
    enter_long: ["belowBar", "arrowUp", "up"],
    exit_long: ["aboveBar", "arrowDown", "down"],
    enter_short: ["aboveBar", "arrowDown", "warn"],
    exit_short: ["belowBar", "arrowUp", "accent"],
  };
  return Object.entries(looks).flatMap(([name, [position, shape, mark]]) =>
    signals[name].map((row) => ({ time: times[row], position, shape, color: colour(mark, 0.55), size: 0.6 })));
}

function tradeMarkers(data, times) {
  const step = times.length > 1 ? times[1] - times[0] : 0;
  const orders = [data.trades, data.open].flatMap((trades) =>
    trades.orders.flatMap((all, place) => all.map((order) => [order, trades.short[place], trades.ratio[place]])));
  const isSeen = ([[, filled]]) => filled >= times[0] && filled < times.at(-1) + step;
  return orders.filter(isSeen).map(([[isEntry, filled, rate], isShort, ratio]) => ({
    time: times[candleOf(times, filled)],
    position: "atPriceMiddle",
    price: rate,
    shape: isEntry ? "circle" : "square",
    color: colour(isEntry ? "accent" : ratio < 0 ? "down" : "up"),
    size: 1,
    text: isEntry ? (isShort ? "short" : "") : percent(ratio, 1),
  }));
}

// The place of the candle in which a moment lies.
function candleOf(times, moment_) {
  let [low, high] = [0, times.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (times[middle] <= moment_) low = middle;
    else high = middle - 1;
  }
  return low;
}

function pairLegend(chart, data, rows, values, lines) {
  const legend = document.getElementById("plot-legend");
  const places = new Map(rows.map((row, place) => [row.time, place]));
  const signals = new Map();
  for (const [name, signalRows] of Object.entries(data.signals)) {
    for (const row of signalRows) signals.set(row, [...(signals.get(row) ?? []), name]);
  }
  const show = (place) => {
    const row = rows[place];
    fillLegend(legend, [
      ["", moment(row.time)],
      ...["open", "high", "low", "close"].map((name) => [name, digits(row[name], data.places)]),
      ["volume", amount(values[0][place])],
      ...(signals.has(place) ? [["", signals.get(place).join(", ")]] : []),
      ...lines.map(({ name, color, place: column }) => [name, amount(values[column][place]), color]),
    ]);
  };
  chart.subscribeCrosshairMove((event) => show(places.get(event.time) ?? rows.length - 1));
  show(rows.length - 1);
}
