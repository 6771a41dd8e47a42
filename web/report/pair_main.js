async function begin() {
  const data = await unpackedJson("data");
  const parts = columns(await inflated("candles"), data.count);
  const bits = columns(await inflated("columns"), data.count);
  const values = bits.map((part) => new Float32Array(new Uint32Array(part).buffer));
  const { look, times } = pairChart(data, candles(parts, 0, data.count, data.places), values);
  if (!data.trades.id.length) return;
  const plot = document.getElementById("plot");
  tradeList(data, (place) => {
    const [from, to] = [data.trades.opened, data.trades.closed].map((moments) => candleOf(times, moments[place]));
    const around = Math.max(30, to - from);
    look(from - around, to + around);
    plot.scrollIntoView({ block: "center" });
    plot.focus({ preventScroll: true });
  });
}
