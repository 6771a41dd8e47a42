// Candles with indicators in panes, signals, trades and marks of one pair.
const PALETTE = ["#2f7ed8", "#e67e22", "#8e5bd0", "#16a085", "#d64a7f", "#b7950b", "#0097a7", "#8d6e63", "#6c7a89", "#5d8a2f"];
const QUIET = { priceLineVisible: false, lastValueVisible: false };
// A chart holds that many candles at once; it takes others as it is moved.
const HELD = 6000;
const NEAR = 500;

// A colour that a strategy names, if the browser knows it.
const usable = (name, fallback) => (name && CSS.supports("color", name) ? name : fallback);
const isShown = (pane) => pane.indicators.length + pane.areas.length > 0;

// Draws into #plot. Returns the chart and, for one that lives: `replace` takes newer candles and keeps what is
// seen, `form` the candle that is not closed yet.
function pairChart(data, rows, values) {
  const now = { data, rows, values, times: rows.map((row) => row.time), forming: null };
  const feeds = [];
  const lines = [];
  let series = null;
  let volume = null;
  const box = document.getElementById("plot");
  const steps = new AbortController();
  const paint = () => {
    const [up, down] = [colour("up"), colour("down")];
    series?.applyOptions({ upColor: up, borderUpColor: up, wickUpColor: up, downColor: down, borderDownColor: down, wickDownColor: down });
    volume?.applyOptions({ color: colour("quiet", 0.45) });
    marks?.show();
  };
  let marks = null;
  // No more may be in view than what is held.
  const minBarSpacing = Math.max(0.02, box.clientWidth / (HELD - 3 * NEAR));
  box.addEventListener("keydown", (event) => inspect(event), steps);
  const { chart, remove } = newChart(box, paint, { timeScale: { minBarSpacing } });
  const feed = (added, point) => {
    feeds.push((begin, end) => added.setData(Array.from({ length: end - begin }, (_, place) => point(begin + place))));
    return added;
  };
  const value = (place) => (row) => {
    const [time, known] = [now.times[row], now.values[place][row]];
    return Number.isNaN(known) ? { time } : { time, value: known };
  };

  function drawPane(pane, index, priceFormat) {
    for (const area of pane.areas) {
      const fill = usable(area.color, "rgba(0, 176, 246, 0.16)");
      feed(chart.addCustomSeries(new BandView(), { ...QUIET, priceFormat, fill }, index), (row) => {
        const [time, one, other] = [now.times[row], ...area.places.map((place) => now.values[place][row])];
        return Number.isNaN(one) || Number.isNaN(other) ? { time } : { time, one, other };
      });
    }
    for (const one of pane.indicators) {
      const color = usable(one.color, free.shift() ?? PALETTE[lines.length % PALETTE.length]);
      const kind = one.kind === "bar" ? LC.HistogramSeries : LC.LineSeries;
      const points = one.kind === "scatter" ? { lineVisible: false, pointMarkersVisible: true, pointMarkersRadius: 2.5 } : {};
      feed(chart.addSeries(kind, { ...QUIET, color, lineWidth: 1.5, priceFormat, crosshairMarkerRadius: 2, ...points }, index), value(one.place));
      lines.push({ name: pane.title ? `${pane.title}: ${one.name}` : one.name, color, place: one.place });
    }
  }

  const named = new Set(data.panes.flatMap((pane) => pane.indicators.map((one) => one.color)));
  const free = PALETTE.filter((one) => !named.has(one));
  const prices = { type: "price", precision: data.places, minMove: 10 ** -data.places };
  series = feed(chart.addSeries(LC.CandlestickSeries, { ...QUIET, priceFormat: prices }), (row) => now.rows[row]);
  drawPane(data.panes[0], 0, prices);
  volume = feed(chart.addSeries(LC.HistogramSeries, { ...QUIET, priceFormat: { type: "volume" } }, 1), value(0));
  data.panes.slice(1).filter(isShown).forEach((pane, place) => drawPane(pane, place + 2, { type: "custom", formatter: amount, minMove: 1e-10 }));
  chart.panes().forEach((pane, place) => pane.setStretchFactor(place ? 1 : 4));
  paint();

  const held = moving(chart, () => now.rows.length, (begin, end) => {
    feeds.forEach((one) => one(begin, begin));
    feeds.forEach((one) => one(begin, end));
    if (end === now.rows.length) addForming();
    marks.hold(begin, end);
  });
  marks = marksOf(series, now, held.begin);
  const legend = pairLegend(chart, now, lines);

  function addForming() {
    if (!now.forming) return;
    const [time, open, high, low, close, traded] = now.forming;
    series.update({ time, open, high, low, close });
    volume.update({ time, value: traded });
  }

  // The candle that is not closed yet: opening (s), open, high, low, close, volume.
  function form(row) {
    if (row[0] <= now.times.at(-1)) return;
    now.forming = row;
    if (held.begin() + HELD >= now.rows.length) addForming();
    legend.refresh();
  }

  // The same panes with newer candles. Whoever sees the newest candle goes on seeing it; others stay where
  // they are.
  function replace(data, rows, values) {
    const { from, to } = chart.timeScale().getVisibleLogicalRange();
    const count = () => now.rows.length + (now.forming ? 1 : 0);
    const [begin, before, dropped] = [held.begin(), count(), candleOf(now.times, rows[0].time)];
    Object.assign(now, { data, rows, values, times: rows.map((row) => row.time) });
    if (now.forming?.[0] <= now.times.at(-1)) now.forming = null;
    const by = begin + (begin + to >= before - 1 ? count() - before : -dropped);
    marks.renew();
    held.reload();
    held.look(from + by, to + by);
    legend.refresh();
  }

  // Shift with an arrow goes from candle to candle, and reads them out.
  function inspect(event) {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step || !event.shiftKey) return;
    event.preventDefault();
    const row = now.rows[legend.step(step)];
    chart.setCrosshairPosition(row.close, row.time, series);
  }

  held.look(rows.length - Math.min(rows.length, Math.max(150, Math.round(box.clientWidth / 6))), rows.length + 2);
  return { chart, series, look: held.look, remove: () => (steps.abort(), remove()), times: now.times, replace, form };
}

// Keeps the candles around what is seen in the chart; `load` puts rows from one place to another into it.
// Returns what shows given rows, where those that are held begin, and what loads them anew.
function moving(chart, count, load) {
  const scale = chart.timeScale();
  const slider = document.getElementById("plot-place");
  let begin = -1;
  let isLoading = false;
  function hold(middle) {
    const wanted = Math.max(0, Math.min(count() - HELD, Math.round(middle - HELD / 2)));
    if (wanted === begin) return;
    begin = wanted;
    // What the chart tells meanwhile is about candles that are gone.
    isLoading = true;
    requestAnimationFrame(() => requestAnimationFrame(() => { isLoading = false; }));
    load(begin, Math.min(count(), begin + HELD));
    if (slider) {
      slider.max = count() - 1;
      slider.parentElement.hidden = count() <= HELD;
    }
  }
  function look(from, to) {
    if (begin < 0 || from < begin + NEAR || to > begin + HELD - NEAR) hold((from + to) / 2);
    scale.setVisibleLogicalRange({ from: from - begin, to: to - begin });
    if (slider) slider.value = (from + to) / 2;
  }
  slider?.addEventListener("input", () => {
    const range = scale.getVisibleLogicalRange();
    const half = (range.to - range.from) / 2;
    look(Number(slider.value) - half, Number(slider.value) + half);
  });
  scale.subscribeVisibleLogicalRangeChange((range) => {
    if (!range || isLoading) return;
    if (slider) slider.value = begin + (range.from + range.to) / 2;
    const isEdge = (range.from < NEAR && begin > 0) || (range.to > HELD - NEAR && begin + HELD < count());
    // Not at once: the chart is still at what it tells about.
    if (isEdge) setTimeout(() => look(begin + range.from, begin + range.to));
  });
  return { look, begin: () => begin, reload: () => { begin = -1; } };
}

// The marks of signals, trades and the strategy, which can be switched off.
function marksOf(series, now, begin) {
  const markers = LC.createSeriesMarkers(series, []);
  const shapes = new Shapes((moment_) => placeOf(now.times, moment_) - begin());
  series.attachPrimitive(shapes);
  const groups = [
    { name: "Signals", markers: () => signalMarkers(now.data.signals, now.times) },
    { name: "Trades", markers: () => tradeMarkers(now.data, now.times), shapes: () => tradeLines(now.data) },
    { name: "Annotations", shapes: () => now.data.shapes ?? [] },
  ];
  let [first, last] = [0, 0];
  const show = () => {
    const seen = groups.filter((group) => group.on);
    const points = seen.flatMap((group) => group.points);
    markers.setMarkers(points.filter((mark) => mark.time >= first && mark.time <= last).sort((a, b) => a.time - b.time));
    shapes.set(seen.flatMap((group) => group.lines));
  };
  const renew = () => {
    for (const group of groups) {
      Object.assign(group, { points: group.markers?.() ?? [], lines: group.shapes?.() ?? [] });
      const isNew = group.on === undefined && group.points.length + group.lines.length > 0;
      if (!isNew) continue;
      group.on = true;
      document.getElementById("plot-switches")?.append(checkbox(group.name, (on) => { group.on = on; show(); }));
    }
  };
  renew();
  return {
    renew,
    show: () => (renew(), show()),
    hold(start, end) {
      [first, last] = [now.times[start], now.times[end - 1]];
      show();
    },
  };
}

function signalMarkers(signals, times) {
  const looks = {
    enter_long: ["belowBar", "arrowUp", "up", ""],
    exit_long: ["aboveBar", "arrowDown", "down", ""],
    enter_short: ["aboveBar", "arrowDown", "warn", "S"],
    exit_short: ["belowBar", "arrowUp", "accent", "S"],
  };
  return Object.entries(looks).flatMap(([name, [position, shape, mark, text]]) =>
    signals[name].map((row) => ({ time: times[row], position, shape, color: colour(mark, 0.8), size: 0.8, text })));
}

const ordersOf = (data) => [data.trades, data.open].flatMap((trades) =>
  trades.orders.map((orders, place) => ({ orders, isShort: trades.short[place], ratio: trades.ratio[place] })));

function tradeMarkers(data, times) {
  const step = times.length > 1 ? times[1] - times[0] : 0;
  const isSeen = ([, filled]) => filled >= times[0] && filled < times.at(-1) + 2 * step;
  return ordersOf(data).flatMap(({ orders, isShort, ratio }) => orders.filter(isSeen).map(([isEntry, filled, rate]) => ({
    time: times[candleOf(times, filled)],
    position: "atPriceMiddle",
    price: rate,
    shape: isEntry ? "circle" : "square",
    color: colour(isEntry ? "accent" : ratio < 0 ? "down" : "up"),
    size: 1,
    text: isEntry ? (isShort ? "short" : "") : known(ratio) ? percent(ratio, 1) : "part",
  })));
}

// From the first entry to the last exit: solid where it made a profit, dashed where a loss.
function tradeLines(data) {
  return ordersOf(data).flatMap(({ orders, ratio }) => {
    const [entry, exit] = [orders.find(([isEntry]) => isEntry), orders.findLast(([isEntry]) => !isEntry)];
    if (!entry || !exit) return [];
    const style = ratio < 0 ? "dashed" : "solid";
    return [{ kind: "line", from: entry[1], to: exit[1], y: [entry[2], exit[2]], width: 1.5, style, mark: ratio < 0 ? "down" : "up", label: "" }];
  });
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

// The same, between candles and beyond them.
function placeOf(times, moment_) {
  const place = candleOf(times, moment_);
  const next = Math.min(place, times.length - 2);
  const step = times.length > 1 ? times[next + 1] - times[next] : 1;
  return place + (moment_ - times[place]) / step;
}

function pairLegend(chart, now, lines) {
  const legend = document.getElementById("plot-legend");
  const told = document.getElementById("plot-told");
  let seen = null; // the row under the cursor
  const signalsOf = (row) => Object.keys(now.data.signals).filter((name) => now.data.signals[name].includes(row));
  const newest = () => {
    if (!now.forming) return now.rows.length - 1;
    const [time, open, high, low, close, traded] = now.forming;
    return { row: { time, open, high, low, close }, traded };
  };
  const show = (place) => {
    const isForming = typeof place === "object";
    const row = isForming ? place.row : now.rows[place];
    const signals = isForming ? [] : signalsOf(place);
    fillLegend(legend, [
      [isForming ? "now" : "", moment(row.time)],
      ...["open", "high", "low", "close"].map((name) => [name, digits(row[name], now.data.places)]),
      ["volume", amount(isForming ? place.traded : now.values[0][place])],
      ...(signals.length ? [["", signals.join(", ")]] : []),
      ...lines.map(({ name, color, place: column }) => [name, amount(now.values[column][isForming ? now.rows.length - 1 : place]), color]),
    ]);
  };
  const refresh = () => show(seen ?? newest());
  chart.subscribeCrosshairMove((event) => {
    const place = event.time === undefined ? -1 : candleOf(now.times, event.time);
    seen = place >= 0 && now.times[place] === event.time ? place : null;
    refresh();
  });
  refresh();
  return {
    refresh,
    step(by) {
      seen = Math.min(now.rows.length - 1, Math.max(0, (seen ?? now.rows.length - 1) + by));
      show(seen);
      if (told) told.textContent = legend.innerText.replaceAll("\n", " ");
      return seen;
    },
  };
}
