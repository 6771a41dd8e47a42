// Profit over time: the market, all trades, by pair, trades at once, and how far below the high.
const PALETTE = ["#2f7ed8", "#e67e22", "#8e5bd0", "#16a085", "#d64a7f", "#b7950b", "#0097a7", "#8d6e63", "#6c7a89", "#5d8a2f"];

function profitChart(data) {
  const box = document.getElementById("plot");
  const money = (value) => digits(value, data.moneyPlaces, true);
  const moneyFormat = { type: "custom", formatter: money, minMove: 10 ** -data.moneyPlaces };
  const percentFormat = { type: "custom", formatter: (value) => percent(value / 100, 1), minMove: 0.001 };
  const countFormat = { type: "custom", formatter: (value) => digits(value, 0), minMove: 1 };
  const text = (value) => `${money(value)} ${data.currency}`;
  const pairs = Object.keys(data.pairs);
  const curves = [
    { name: "Profit", values: data.profit, pane: 0, mark: "accent", width: 2, steps: true, format: moneyFormat, text },
    { name: "Equity", values: data.equity, pane: 0, mark: "quiet", width: 1, format: moneyFormat, text },
    ...pairs.map((pair, place) => ({ name: pair, values: data.pairs[pair], pane: 1, color: PALETTE[place % PALETTE.length], width: 1, steps: true, format: moneyFormat, text })),
    { name: "Open trades", values: data.open, pane: 2, mark: "quiet", width: 1, steps: true, above: true, format: countFormat, text: (value) => digits(value, 0) },
    { name: "Below the high", values: data.below, pane: 3, mark: "down", width: 1, filled: true, format: moneyFormat, text },
    { name: "Drawdown", values: data.drawdown, pane: 4, mark: "down", width: 1, filled: true, format: percentFormat, text: (value) => percent(value / 100) },
    { name: "Market", values: data.market, pane: 5, mark: "warn", width: 1, format: percentFormat, text: (value) => percent(value / 100) },
  ];
  const paint = () => {
    for (const curve of curves.filter((one) => one.mark && one.series)) {
      const color = colour(curve.mark);
      const above = { topLineColor: color, topFillColor1: colour(curve.mark, 0.35), topFillColor2: colour(curve.mark, 0.15) };
      const filled = { bottomLineColor: color, bottomFillColor1: colour(curve.mark, 0.15), bottomFillColor2: colour(curve.mark, 0.35) };
      curve.series.applyOptions(curve.above ? above : curve.filled ? filled : { color });
    }
  };
  const { chart } = newChart(box, paint);
  for (const curve of curves) {
    const options = {
      priceFormat: curve.format, lineWidth: curve.width, priceLineVisible: false, lastValueVisible: false, crosshairMarkerRadius: 3,
      lineType: curve.steps ? LC.LineType.WithSteps : LC.LineType.Simple,
    };
    if (curve.color) options.color = curve.color;
    if (curve.filled || curve.above) options.baseValue = { type: "price", price: 0 };
    curve.series = chart.addSeries(options.baseValue ? LC.BaselineSeries : LC.LineSeries, options, curve.pane);
    curve.series.setData(data.times.map((time, place) => ({ time, value: curve.values[place] })));
  }
  [3, 3, 1.2, 1.5, 1.5, 1.5].forEach((factor, pane) => chart.panes()[pane].setStretchFactor(factor));
  paint();
  chart.timeScale().fitContent();

  const legend = document.getElementById("plot-legend");
  const places = new Map(data.times.map((time, place) => [time, place]));
  const show = (place) => fillLegend(legend, [
    ["", moment(data.times[place])],
    ...curves.map((curve) => [curve.name, curve.text(curve.values[place]), curve.color ?? `var(--${curve.mark})`]),
  ]);
  chart.subscribeCrosshairMove((event) => show(places.get(event.time) ?? data.times.length - 1));
  show(data.times.length - 1);
}
