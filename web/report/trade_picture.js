// One trade on its candles: its orders, and lines of rates that hold from moment to moment.
function tradePicture(box, trade, shownCandles, places) {
  let series = null;
  const lines = [];
  const paint = () => {
    const [up, down] = [colour("up"), colour("down")];
    series?.applyOptions({ upColor: up, borderUpColor: up, wickUpColor: up, downColor: down, borderDownColor: down, wickDownColor: down });
    lines.forEach(([added, name]) => added.applyOptions({ color: colour(name) }));
  };
  const made = newChart(box, paint);
  const priceFormat = { type: "price", precision: places, minMove: 10 ** -places };
  series = made.chart.addSeries(LC.CandlestickSeries, { priceFormat, priceLineVisible: false, lastValueVisible: false });
  series.setData(shownCandles);
  // The candle in which a moment lies.
  const times = shownCandles.map((candle) => candle.time);
  const candleAt = (moment_) => times[Math.max(0, times.findLastIndex((time) => time <= moment_))];
  const [first, last] = [candleAt(trade.opened), candleAt(trade.closed)];
  // A line far away may leave the picture, but may not flatten the candles.
  const [lowest, highest] = [Math.min(...shownCandles.map((one) => one.low)), Math.max(...shownCandles.map((one) => one.high))];
  const isFar = (rate) => Math.max(highest, rate) - Math.min(lowest, rate) > 2.5 * (highest - lowest);

  // `steps` are [moment, rate], each valid until the next; drawn while the trade was open.
  function line(name, mark, style, steps, more = {}) {
    const options = { priceFormat, lineWidth: 1, lineStyle: style, priceLineVisible: false, lastValueVisible: false, crosshairMarkerVisible: false, title: name, ...more };
    if (isFar(steps.at(-1)[1])) options.autoscaleInfoProvider = () => null;
    const begun = steps.map(([from, rate]) => [candleAt(from), rate]);
    const points = times.filter((time) => time >= first && time <= last).map((time) => {
      const there = begun.findLast(([from]) => from <= time);
      return there ? { time, value: there[1] } : { time };
    });
    const added = made.chart.addSeries(LC.LineSeries, options);
    added.setData(points);
    lines.push([added, mark]);
    paint();
  }

  LC.createSeriesMarkers(series, orderMarkers(trade, candleAt));
  paint();
  legendOf(box, made.chart, series, places);
  made.chart.timeScale().fitContent();
  return { ...made, line };
}

// Numbers are those of the list of orders; those of one candle and side have theirs in one text.
function orderMarkers(trade, candleAt) {
  const labels = new Map();
  return trade.orders.map((order, number) => {
    const made = orderMarker(trade, order, candleAt);
    const first = labels.get(made.shape + made.time);
    if (first) first.text += `, ${number + 1}`;
    else labels.set(made.shape + made.time, made);
    return Object.assign(made, { text: first ? "" : `${number + 1}` });
  }).sort((a, b) => a.time - b.time);
}

function orderMarker(trade, [isEntry, filled, rate], candleAt) {
  const buys = Boolean(isEntry) !== Boolean(trade.isShort);
  return {
    time: candleAt(filled),
    position: buys ? "atPriceBottom" : "atPriceTop",
    price: rate,
    shape: buys ? "arrowUp" : "arrowDown",
    color: colour(isEntry ? "accent" : trade.ratio < 0 ? "down" : "up"),
    size: 1.5,
  };
}

// The mean entry rate after each order, as steps.
function meanEntries(orders, openRate, opened) {
  let [held, worth, mean] = [0, 0, 0];
  const steps = orders.map(([isEntry, filled, rate, size]) => {
    if (isEntry) [held, worth] = [held + size, worth + size * rate];
    else [held, worth] = [held - size, worth - size * mean];
    if (isEntry) mean = worth / held;
    return [filled, mean];
  });
  return [[opened, steps.length ? steps[0][1] : openRate], ...steps];
}

function legendOf(box, chart, series, places) {
  const legend = newLegend(box);
  const show = (candle) => legend(candle ? [["", moment(candle.time)], ...["open", "high", "low", "close"].map((name) => [name, digits(candle[name], places)])] : []);
  chart.subscribeCrosshairMove((event) => {
    const seen = event.seriesData.get(series);
    show(seen && { ...seen, time: event.time });
  });
  show(null);
}
