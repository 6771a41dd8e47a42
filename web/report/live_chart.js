// The chart of a running bot, for any page that includes fragments/plot.html:
//   #plot[data-source]   the address of its content (chart_json.py)
//   #plot[data-live]     the address of its stream of events; without one the chart stays as it is
//   #plot-switches, #plot-told, #plot-place, #plot-failed, #plot-none   may be missing; #plot-legend may not
// `liveChart(plot)` returns `show(source, live, body)`, which draws another content in its place.
const NO_VALUE = Number.NaN;
const SILENCE = 25_000; // ms; the server sends a beat every 10 s
const LONGEST_PAUSE = 30_000;

async function contentOf(source, body) {
  const headers = body && JSON.parse(document.body.getAttribute("hx-headers:inherited"));
  const answer = await fetch(source, { cache: "no-store", ...(body && { method: "POST", headers, body }) });
  if (answer.status === 401 || answer.redirected) location.assign("login?ended");
  const data = await answer.json().catch(() => ({}));
  if (!answer.ok) throw Object.assign(new Error(data.error ?? `status ${answer.status}`), { status: answer.status });
  const [open, high, low, close] = data.prices;
  const rows = data.times.map((time, place) => ({ time, open: open[place], high: high[place], low: low[place], close: close[place] }));
  return [data, rows, data.values.map((column) => column.map((value) => value ?? NO_VALUE))];
}

// Where a chart looks first: around the one trade that it is about.
function lookAtTrade(drawn, [data, rows]) {
  const moments = [data.trades, data.open].flatMap((trades) => trades.orders.flat().map(([, filled]) => filled));
  const [from, to] = [Math.min(...moments), data.open.orders.length ? rows.at(-1).time : Math.max(...moments)].map((one) => candleOf(drawn.times, one));
  const around = Math.max(30, (to - from) / 2);
  drawn.look(from - around, to + around);
}

function liveChart(plot, onContent = () => {}) {
  const failed = document.getElementById("plot-failed");
  let asked = {};
  let drawn = null;
  let form = ""; // the panes and places that are drawn
  let stream = null;
  let turn = 0;

  async function draw(isNew) {
    const mine = (turn += 1);
    try {
      const content = await contentOf(asked.source, asked.body);
      if (mine !== turn) return;
      const [data] = content;
      const fresh = JSON.stringify([data.panes, data.places, asked.source.split("&plot=")[0]]);
      if (drawn && fresh === form && !isNew) drawn.replace(...content);
      else anew(content, drawn && asked.keeps);
      form = fresh;
      if (failed) failed.hidden = true;
      showNone(false);
      onContent(data);
    } catch (error) {
      if (mine !== turn) return;
      if (error.status === 404) {
        drawn?.remove();
        drawn = null;
        showNone(true);
      } else if (failed) {
        failed.textContent = `The chart could not be drawn: ${error.message}`;
        failed.hidden = false;
      }
    }
  }

  function showNone(isNone) {
    plot.hidden = isNone;
    const none = document.getElementById("plot-none");
    if (none) none.hidden = !isNone;
    if (isNone) fillLegend(document.getElementById("plot-legend"), []);
  }

  function anew(content, keepsView) {
    const [data] = content;
    const view = keepsView && drawn.chart.timeScale().getVisibleLogicalRange();
    drawn?.remove();
    document.getElementById("plot-switches")?.replaceChildren();
    plot.style.setProperty("--panes", 1 + data.panes.slice(1).filter(isShown).length);
    drawn = pairChart(...content);
    for (const price of data.stops) {
      drawn.series.createPriceLine({ price, color: colour("down"), lineStyle: LC.LineStyle.Dashed, lineWidth: 1, title: "stop" });
    }
    if (view) drawn.look(view.from, view.to);
    else if (asked.source.includes("trade=") && data.trades.orders.length + data.open.orders.length) lookAtTrade(drawn, content);
  }

  // Events tell what is new; after a lost connection everything may be.
  function follow() {
    stream?.end();
    if (!asked.live) return;
    const source = new EventSource(asked.live);
    let heard = Date.now();
    let pause = 1_000;
    const watch = setInterval(() => Date.now() - heard > SILENCE && lost(), 5_000);
    const on = (kind, act = () => {}) => source.addEventListener(kind, (event) => {
      heard = Date.now();
      act(event);
    });
    const end = () => {
      clearInterval(watch);
      source.close();
    };
    function lost() {
      end();
      const ours = stream;
      setTimeout(() => {
        if (stream !== ours) return;
        const wait = Math.min((ours.pause ?? pause) * 2, LONGEST_PAUSE);
        draw();
        follow();
        stream.pause = wait;
      }, ours.pause ?? pause);
    }
    source.onerror = lost;
    on("beat");
    on("drawn", () => draw());
    on("forming", (event) => drawn?.form(JSON.parse(event.data)));
    on("reload", () => location.reload());
    stream = { end };
  }

  addEventListener("pagehide", () => stream?.end());

  return {
    // `keeps`: what is seen stays, for the same candles drawn otherwise.
    async show(source, live, { body = null, keeps = false } = {}) {
      const isOther = live !== asked.live;
      asked = { source, live, body, keeps };
      if (isOther) follow();
      await draw(true);
      document.documentElement.classList.add("ready");
    },
  };
}
