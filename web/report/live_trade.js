// The chart of one trade on its page: drawn now, and again when the bot has changed, without losing one's place.
const BETWEEN = 10_000; // ms

async function drawTrade(box, before) {
  const answer = await fetch(box.dataset.source, { cache: "no-store" });
  if (answer.status === 401 || answer.redirected) location.assign("login?ended");
  const data = await answer.json();
  if (!answer.ok) throw new Error(data.error ?? `status ${answer.status}`);
  if (!data.times.length) throw new Error("there are no candles of that time");
  const [open, high, low, close] = data.prices;
  const rows = data.times.map((time, place) => ({ time, open: open[place], high: high[place], low: low[place], close: close[place] }));
  box.hidden = false; // a chart needs to know how wide it is
  const range = before?.chart.timeScale().getVisibleLogicalRange();
  before?.remove();
  box.querySelector(".legend")?.remove();
  const trade = { isShort: data.short, ratio: data.ratio ?? 0, opened: data.opened, closed: data.closed ?? Infinity, orders: data.orders };
  const made = tradePicture(box, trade, rows, data.places);
  const steps = { lineType: LC.LineType.WithSteps };
  made.line("entry", "accent", LC.LineStyle.Dotted, meanEntries(data.orders, data.open_rate, data.opened), steps);
  if (data.stops.length) made.line("stop", "down", LC.LineStyle.Solid, data.stops, { ...steps, lineWidth: 2 });
  if (data.targets.length) made.line("target", "up", LC.LineStyle.Dashed, data.targets, steps);
  if (data.liquidation) made.line("liquidation", "warn", LC.LineStyle.Solid, [[data.opened, data.liquidation]]);
  if (range) made.chart.timeScale().setVisibleLogicalRange(range);
  return made;
}

function beginTrade() {
  const box = document.getElementById("trade-picture");
  if (!box) return;
  const note = document.getElementById("trade-picture-note");
  let drawn = null;
  let last = 0;
  let timer = 0;
  const draw = async () => {
    last = Date.now();
    try {
      drawn = await drawTrade(box, drawn);
      note.hidden = true;
    } catch (error) {
      box.hidden = !drawn;
      note.hidden = Boolean(drawn);
      note.lastElementChild.textContent = `${error.message}.`;
    }
    document.documentElement.classList.add("ready");
  };
  document.addEventListener("bot:changed", () => {
    if (!box.dataset.open) return;
    clearTimeout(timer);
    timer = setTimeout(draw, Math.max(0, last + BETWEEN - Date.now()));
  });
  draw();
}

beginTrade();
