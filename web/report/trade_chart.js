// One trade on its candles: entries, exits, mean entry rate and stops.
function tradeDialog(data) {
  const { trades, texts, currency, moneyPlaces } = data;
  const element = (id) => document.getElementById(id);
  const dialog = element("trade");
  const blocks = new Map();
  let chart = null;
  let list = [];
  let at = 0;

  // The candles of a pair are unpacked when its first trade is looked at.
  function block(pair) {
    const place = data.candles.findIndex((one) => one.pair === pair);
    if (place < 0) return null;
    if (!blocks.has(place)) {
      blocks.set(place, inflated(`candles-${place}`).then((bytes) => columns(bytes, data.candles[place].count)));
    }
    return blocks.get(place).then((parts) => ({ parts, places: data.candles[place].places }));
  }

  async function show(place) {
    const [start, count, size] = trades.window[place];
    const pair = texts[trades.pair[place]];
    const side = trades.short[place] ? "short" : "long";
    element("trade-title").textContent = `${pair} ${side}, trade ${trades.id[place]}`;
    element("trade-facts").replaceChildren(...facts(place).map(([label, text, className]) => fact(label, text, className)));
    element("trade-orders").replaceChildren(...trades.orders[place].map(orderRow));
    element("trade-before").disabled = at === 0;
    element("trade-after").disabled = at === list.length - 1;
    const found = await block(pair);
    if (trades.window[place] !== trades.window[list[at]]) return; // another trade was asked for meanwhile
    chart?.remove();
    chart = null;
    element("trade-chart").hidden = !found || !count;
    element("trade-note").textContent = !found || !count ? "No candles of this trade are in the report." : size > 1 ? `Each candle shown is ${size} candles of the test.` : "";
    if (found && count) chart = drawn(element("trade-chart"), place, candles(found.parts, start, start + count, found.places), found.places);
  }

  function facts(place) {
    const text = (code) => (code < 0 ? NOTHING : texts[code]);
    const made = tone(trades.ratio[place]);
    const entries = trades.orders[place].filter(([isEntry]) => isEntry).length;
    const worst = trades.short[place] ? trades.highest[place] : trades.lowest[place];
    return [
      ["Profit", `${percent(trades.ratio[place])}, ${digits(trades.profit[place], moneyPlaces, true)} ${currency}`, made],
      ["Opened", `${moment(trades.opened[place])} at ${price(trades.openRate[place])}${entries > 1 ? " on average" : ""}`],
      ["Closed", `${moment(trades.closed[place])} at ${price(trades.closeRate[place])}`],
      ["Duration", duration(trades.closed[place] - trades.opened[place])],
      ["Stake", `${digits(trades.stake[place], moneyPlaces)} ${currency}${trades.leverage[place] > 1 ? `, ${amount(trades.leverage[place])}×` : ""}`],
      ["Entry tag", text(trades.tag[place])],
      ["Exit reason", text(trades.reason[place])],
      ["Worst rate", worst ? price(worst) : NOTHING],
      ["Stop loss", stops(place).map(([, rate]) => price(rate)).join(" → ") || NOTHING],
    ];
  }

  // The first stop, and the last one where it has moved.
  function stops(place) {
    const [first, last] = [trades.firstStop[place], trades.lastStop[place]];
    const found = [["first stop", first], ["last stop", last !== first ? last : null], ["liquidation", trades.liquidation[place]]];
    return found.filter(([, rate]) => rate);
  }

  function fact(label, text, className = "") {
    const box = document.createElement("div");
    const [name, value] = ["dt", "dd"].map((kind) => document.createElement(kind));
    name.textContent = label;
    value.textContent = text;
    value.className = className;
    box.append(name, value);
    return box;
  }

  function orderRow([isEntry, filled, rate, size, tag], place) {
    const row = document.createElement("tr");
    const shown = [place + 1, isEntry ? "Entry" : "Exit", moment(filled), price(rate), amount(size), digits(rate * size, moneyPlaces), tag < 0 ? NOTHING : texts[tag]];
    shown.forEach((text, column) => {
      const cell = row.insertCell();
      cell.textContent = text;
      cell.className = [0, 3, 4, 5].includes(column) ? "num" : "";
    });
    return row;
  }

  function drawn(box, place, shownCandles, places) {
    let series = null;
    const lines = [];
    const paint = () => {
      const [up, down] = [colour("up"), colour("down")];
      series?.applyOptions({ upColor: up, borderUpColor: up, wickUpColor: up, downColor: down, borderDownColor: down, wickDownColor: down });
      lines.forEach(([line, name]) => line.applyOptions({ color: colour(name) }));
    };
    const made = newChart(box, paint);
    const priceFormat = { type: "price", precision: places, minMove: 10 ** -places };
    series = made.chart.addSeries(LC.CandlestickSeries, { priceFormat, priceLineVisible: false, lastValueVisible: false });
    series.setData(shownCandles);
    // The candle in which a moment lies.
    const times = shownCandles.map((candle) => candle.time);
    const candleAt = (moment_) => times[Math.max(0, times.findLastIndex((time) => time <= moment_))];
    const [opened, closed] = [candleAt(trades.opened[place]), candleAt(trades.closed[place])];
    const line = (name, mark, style, points) => {
      const options = { priceFormat, lineWidth: 1, lineStyle: style, priceLineVisible: false, lastValueVisible: false, crosshairMarkerVisible: false, title: name };
      if (isFar(points[0].value)) options.autoscaleInfoProvider = () => null;
      const added = made.chart.addSeries(LC.LineSeries, options);
      added.setData(points.filter((point, index) => index === points.length - 1 || point.time < points[index + 1].time));
      lines.push([added, mark]);
    };
    // A stop far away may leave the picture, but may not flatten the candles.
    const [lowest, highest] = [Math.min(...shownCandles.map((one) => one.low)), Math.max(...shownCandles.map((one) => one.high))];
    const isFar = (rate) => Math.max(highest, rate) - Math.min(lowest, rate) > 2.5 * (highest - lowest);
    const level = (rate) => times.filter((time) => time >= opened && time <= closed).map((time) => ({ time, value: rate }));
    for (const [name, rate] of stops(place)) line(name, name === "last stop" ? "warn" : "down", name === "first stop" ? LC.LineStyle.Dashed : LC.LineStyle.Solid, level(rate));
    line("mean entry", "accent", LC.LineStyle.Dotted, meanEntry(place, times, opened, closed, candleAt));
    LC.createSeriesMarkers(series, markers(place, candleAt));
    paint();
    legendOf(box, made.chart, series, shownCandles, places);
    made.chart.timeScale().fitContent();
    return made;
  }

  // Numbers are those of the list below; orders of one candle and side have theirs in one text.
  function markers(place, candleAt) {
    const labels = new Map();
    return trades.orders[place].map((order, number) => {
      const made = marker(place, order, candleAt);
      const first = labels.get(made.shape + made.time);
      if (first) first.text += `, ${number + 1}`;
      else labels.set(made.shape + made.time, made);
      return Object.assign(made, { text: first ? "" : `${number + 1}` });
    }).sort((a, b) => a.time - b.time);
  }

  function marker(place, [isEntry, filled, rate], candleAt) {
    const buys = Boolean(isEntry) !== Boolean(trades.short[place]);
    return {
      time: candleAt(filled),
      position: buys ? "atPriceBottom" : "atPriceTop",
      price: rate,
      shape: buys ? "arrowUp" : "arrowDown",
      color: colour(isEntry ? "accent" : trades.ratio[place] < 0 ? "down" : "up"),
      size: 1.5,
    };
  }

  function meanEntry(place, times, opened, closed, candleAt) {
    let [held, worth, mean] = [0, 0, 0];
    const changes = trades.orders[place].map(([isEntry, filled, rate, size]) => {
      if (isEntry) [held, worth] = [held + size, worth + size * rate];
      else [held, worth] = [held - size, worth - size * mean];
      if (isEntry) mean = worth / held;
      return [candleAt(filled), mean];
    });
    return times.filter((time) => time >= opened && time <= closed).map((time) => {
      const last = changes.findLast(([from]) => from <= time);
      return { time, value: last ? last[1] : trades.openRate[place] };
    });
  }

  function legendOf(box, chart_, series, shownCandles, places) {
    const legend = newLegend(box);
    const show_ = (candle) => legend(candle ? [["", moment(candle.time)], ...["open", "high", "low", "close"].map((name) => [name, digits(candle[name], places)])] : []);
    chart_.subscribeCrosshairMove((event) => {
      const seen = event.seriesData.get(series);
      show_(seen && { ...seen, time: event.time });
    });
    show_(null);
  }

  function step(by) {
    if (at + by < 0 || at + by >= list.length) return;
    at += by;
    show(list[at]);
  }

  element("trade-before").addEventListener("click", () => step(-1));
  element("trade-after").addEventListener("click", () => step(1));
  element("trade-close").addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "ArrowLeft") step(-1);
    else if (event.key === "ArrowRight") step(1);
  });
  dialog.addEventListener("close", () => { chart?.remove(); chart = null; });
  return (place, found) => {
    list = found;
    at = found.indexOf(place);
    if (!dialog.open) dialog.showModal();
    show(place);
  };
}
