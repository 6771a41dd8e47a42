// What all charts have in common: colours of the style sheet, the keyboard, a legend.
const LC = window.LightweightCharts;
const shown = new Set();

function colour(name, opacity = 1) {
  const value = getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  const hex = value.length === 4 ? value.replace(/[0-9a-f]/gi, "$&$&") : value;
  const parts = [1, 3, 5].map((place) => parseInt(hex.slice(place, place + 2), 16));
  return `rgba(${parts.join(", ")}, ${opacity})`;
}

function look() {
  return {
    layout: {
      background: { type: "solid", color: "transparent" },
      textColor: colour("quiet"),
      fontFamily: getComputedStyle(document.body).fontFamily,
      attributionLogo: false, // pages name the makers in their text
      panes: { separatorColor: colour("line"), separatorHoverColor: colour("soft") },
    },
    grid: { vertLines: { color: colour("line", 0.5) }, horzLines: { color: colour("line", 0.5) } },
    rightPriceScale: { borderColor: colour("line") },
    timeScale: { borderColor: colour("line") },
    crosshair: {
      vertLine: { color: colour("quiet"), labelBackgroundColor: colour("accent") },
      horzLine: { color: colour("quiet"), labelBackgroundColor: colour("accent") },
    },
  };
}

// A chart in `box`; `paint` sets the colours of its series, now and when the colours of the system change.
function newChart(box, paint, options = {}) {
  const chart = LC.createChart(box, {
    ...look(),
    ...options,
    autoSize: true,
    localization: { locale: "en-GB", dateFormat: "yyyy-MM-dd", timeFormatter: moment, ...options.localization },
    timeScale: { ...look().timeScale, timeVisible: true, secondsVisible: false, minBarSpacing: 0.02, ...options.timeScale },
  });
  const repaint = () => {
    chart.applyOptions(look());
    paint();
  };
  repaint();
  shown.add(repaint);
  const ended = new AbortController();
  box.addEventListener("keydown", (event) => steer(chart, event), ended);
  return { chart, remove: () => (ended.abort(), shown.delete(repaint), chart.remove()) };
}

const repaintAll = () => shown.forEach((repaint) => repaint());
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaintAll);
// A page may choose its colours itself.
new MutationObserver(repaintAll).observe(document.documentElement, { attributeFilter: ["data-theme"] });

function steer(chart, event) {
  const scale = chart.timeScale();
  const range = scale.getVisibleLogicalRange();
  if (!range || event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return;
  const middle = (range.from + range.to) / 2;
  const width = range.to - range.from;
  const most = scale.width() / scale.options().minBarSpacing;
  const show = (at, wide) => scale.setVisibleLogicalRange({ from: at - wide / 2, to: at + wide / 2 });
  const moves = {
    ArrowLeft: () => show(middle - width / 10, width),
    ArrowRight: () => show(middle + width / 10, width),
    "+": () => show(middle, Math.max(5, width / 1.25)),
    "-": () => show(middle, Math.min(most, width * 1.25)),
    Home: () => scale.fitContent(),
  };
  if (!moves[event.key]) return;
  moves[event.key]();
  event.preventDefault();
  event.stopPropagation();
}

// A line of text over the chart: what the curves are worth under the cursor.
function newLegend(box) {
  const legend = document.createElement("div");
  legend.className = "legend";
  box.append(legend);
  return (rows) => fillLegend(legend, rows);
}

// `rows` are name, text and, for some, the colour of their curve.
function fillLegend(legend, rows) {
  legend.replaceChildren(
    ...rows.map(([name, text, mark]) => {
      const row = document.createElement("span");
      const value = document.createElement("b");
      value.textContent = text;
      if (mark) {
        const dot = document.createElement("i");
        dot.style.setProperty("--mark", mark);
        row.append(dot);
      }
      row.append(`${name} `, value);
      return row;
    }),
  );
}

function checkbox(name, change, { on = true, mark = "" } = {}) {
  const label = document.createElement("label");
  const box = document.createElement("input");
  box.type = "checkbox";
  box.checked = on;
  label.append(box);
  if (mark) {
    label.style.setProperty("--mark", `var(--${mark})`);
    label.append(document.createElement("i"));
  }
  label.append(name);
  box.addEventListener("change", () => change(box.checked));
  return label;
}
