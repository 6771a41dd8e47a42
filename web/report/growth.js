// Curves of growth in percent: one line each, with the same times.
function showGrowth(box, growth) {
  const quiet = { priceLineVisible: false, lastValueVisible: false, crosshairMarkerRadius: 3 };
  const text = (value) => percent(value / 100);
  const series = [];
  const paint = () => series.forEach((one, place) => one.applyOptions({ color: colour(growth.curves[place].mark) }));
  const { chart } = newChart(box, paint);
  for (const curve of growth.curves) {
    const priceFormat = { type: "custom", formatter: text, minMove: 0.001 };
    const line = chart.addSeries(LC.LineSeries, { ...quiet, priceFormat, lineWidth: 2 });
    line.setData(growth.times.map((time, place) => ({ time, value: curve.values[place] })).filter((point) => point.value !== null));
    series.push(line);
  }
  series[0]?.createPriceLine({ price: 0, color: colour("quiet"), lineStyle: LC.LineStyle.Dotted, lineWidth: 1, axisLabelVisible: false });
  paint();
  chart.timeScale().fitContent();
  const legend = newLegend(box);
  const places = new Map(growth.times.map((time, place) => [time, place]));
  const show = (place) => legend([
    ["", moment(growth.times[place])],
    ...growth.curves.map((curve) => [curve.name, text(curve.values[place]), `var(--${curve.mark})`]),
  ]);
  chart.subscribeCrosshairMove((event) => show(places.get(event.time) ?? growth.times.length - 1));
  show(growth.times.length - 1);
}
