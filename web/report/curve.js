// The curves of the whole test: equity, balance and market above, drawdown below.
function showCurves(data) {
  const box = document.getElementById("equity-chart");
  const { curves, currency, moneyPlaces } = data;
  const money = (value) => digits(value, moneyPlaces);
  const points = (values) => curves.times.map((time, place) => ({ time, value: values[place] }));
  const lines = [
    { name: "Equity", key: "equity", mark: "accent", width: 2, on: true },
    { name: "Balance", key: "balance", mark: "text", width: 1, on: true },
    { name: "Market", key: "market", mark: "warn", width: 1, on: false },
  ];
  let fall = null;
  const paint = () => {
    for (const line of lines) line.series?.applyOptions({ color: colour(line.mark, line.key === "balance" ? 0.6 : 1) });
    fall?.applyOptions({ bottomLineColor: colour("down"), bottomFillColor1: colour("down", 0.15), bottomFillColor2: colour("down", 0.35) });
  };
  const { chart } = newChart(box, paint);
  const quiet = { priceLineVisible: false, lastValueVisible: false, crosshairMarkerRadius: 3 };
  for (const line of lines) {
    const priceFormat = { type: "custom", formatter: money, minMove: 10 ** -moneyPlaces };
    const lineType = line.key === "balance" ? LC.LineType.WithSteps : LC.LineType.Simple;
    line.series = chart.addSeries(LC.LineSeries, { ...quiet, priceFormat, lineType, lineWidth: line.width, visible: line.on });
    line.series.setData(points(curves[line.key]));
  }
  lines[0].series.createPriceLine({ price: curves.start, color: colour("quiet"), lineStyle: LC.LineStyle.Dotted, lineWidth: 1, title: "start", axisLabelVisible: false });
  const percentFormat = { type: "custom", formatter: (value) => percent(value / 100, 1), minMove: 0.001 };
  const baseValue = { type: "price", price: 0 };
  fall = chart.addSeries(LC.BaselineSeries, { ...quiet, priceFormat: percentFormat, lineWidth: 1, baseValue }, 1);
  fall.priceScale().applyOptions({ scaleMargins: { top: 0.1, bottom: 0.1 } });
  fall.setData(points(curves.drawdown));
  chart.panes()[0].setStretchFactor(3);
  chart.panes()[1].setStretchFactor(1);
  paint();
  chart.timeScale().fitContent();
  showLegend(box, chart, lines, fall, curves, (value) => `${money(value)} ${currency}`);
  document.getElementById("equity-switches").append(...lines.map(switchOf));
  if (curves.candles > 1) {
    const note = ` Each pair of points is the lowest and the highest value within ${curves.candles} candles.`;
    document.getElementById("equity-points").textContent = note;
  }
}

function showLegend(box, chart, lines, fall, curves, money) {
  const legend = newLegend(box);
  const last = curves.times.length - 1;
  const show = (place) => legend([
    ["", moment(curves.times[place])],
    ...lines.filter((line) => line.on).map((line) => [line.name, money(curves[line.key][place])]),
    ["Drawdown", percent(curves.drawdown[place] / 100)],
  ]);
  const places = new Map(curves.times.map((time, place) => [time, place]));
  chart.subscribeCrosshairMove((event) => show(places.get(event.time) ?? last));
  show(last);
}

function switchOf(line) {
  const change = (on) => {
    line.on = on;
    line.series.applyOptions({ visible: on });
  };
  return checkbox(line.name, change, line);
}
