// The chart of a running bot: asks for its candles now, and again whenever a candle has closed.
const AFTER_CLOSE = 4_000; // ms; the bot analyses the candle first
const NO_VALUE = Number.NaN;

async function drawLive(plot, before) {
  const answer = await fetch(plot.dataset.source, { cache: "no-store" });
  if (answer.status === 401 || answer.redirected) location.assign("login?ended");
  const data = await answer.json();
  if (!answer.ok) throw new Error(data.error ?? `status ${answer.status}`);
  const [open, high, low, close] = data.prices;
  const rows = data.times.map((time, place) => ({ time, open: open[place], high: high[place], low: low[place], close: close[place] }));
  const values = data.values.map((column) => column.map((value) => value ?? NO_VALUE));
  const seen = before?.seen();
  before?.remove();
  document.getElementById("plot-switches").replaceChildren();
  plot.style.setProperty("--panes", 1 + data.panes.slice(1).filter((pane) => pane.indicators.length + pane.areas.length).length);
  const drawn = pairChart(data, rows, values);
  for (const price of data.stops) {
    drawn.series.createPriceLine({ price, color: colour("down"), lineStyle: LC.LineStyle.Dashed, lineWidth: 1, title: "stop" });
  }
  if (seen) drawn.look(rows.length - seen.behind - seen.width, rows.length - seen.behind);
  return {
    remove: drawn.remove,
    seen() {
      const { from, to } = drawn.chart.timeScale().getVisibleLogicalRange();
      return { width: to - from, behind: rows.length - to };
    },
  };
}

async function begin() {
  const plot = document.getElementById("plot");
  if (!plot) return;
  const failed = document.getElementById("plot-failed");
  const length = plot.dataset.seconds * 1000;
  let drawn = null;
  const draw = async () => {
    try {
      drawn = await drawLive(plot, drawn);
      failed.hidden = true;
    } catch (error) {
      failed.textContent = `The newest candles could not be drawn: ${error.message}. Trying again after the next candle.`;
      failed.hidden = false;
    }
    const now = Date.now();
    setTimeout(draw, Math.ceil((now + 1) / length) * length - now + AFTER_CLOSE);
  };
  await draw();
  document.documentElement.classList.add("ready");
}

begin();
