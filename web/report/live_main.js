// The chart page: pair, time frame and plot configuration are chosen without loading the page again. The
// address tells what is shown. Other pages have a chart alone.
function begin() {
  const plot = document.getElementById("plot");
  if (!plot) return;
  const choice = document.getElementById("chart-choice");
  if (!choice) {
    liveChart(plot).show(plot.dataset.source, plot.dataset.live);
    return;
  }
  const editor = plotEditor();
  const chart = liveChart(plot, (data) => editor?.offer(data));
  const queryOf = () => {
    const fields = [...new FormData(choice)].filter(([, value]) => value !== "");
    return new URLSearchParams(fields);
  };
  const show = (keeps) => {
    const query = queryOf();
    const candles = new URLSearchParams([...query].filter(([name]) => name !== "plot"));
    plot.dataset.source = `dashboard/chart?${query}`;
    chart.show(plot.dataset.source, `dashboard/chart/live?${candles}`, { keeps });
  };

  // What the page says of the pair.
  function tell() {
    const { pair, timeframe } = choice.elements;
    const words = { pair: pair.value, timeframe: timeframe.value };
    for (const place of document.querySelectorAll("[data-tells]")) place.textContent = words[place.dataset.tells];
    for (const link of document.querySelectorAll("a[data-leads]")) link.href = `pairs/${encodeURI(words.pair)}`;
    document.title = document.title.replace(/^.*?( ·|$)/, `${words.pair} ${words.timeframe}$1`);
    plot.setAttribute("aria-label", plot.getAttribute("aria-label").replace(/^Candles of \S+/, `Candles of ${words.pair}`));
    editor?.follow(queryOf(), choice.elements.plot.value);
  }

  choice.addEventListener("change", (event) => {
    history.pushState(null, "", `chart?${queryOf()}`);
    tell();
    show(event.target.name === "plot");
  });
  choice.addEventListener("submit", (event) => event.preventDefault());
  choice.addEventListener("click", (event) => {
    const step = Number(event.target.closest("button[data-step]")?.dataset.step ?? 0);
    const { pair } = choice.elements;
    if (!step || pair.options.length < 2) return;
    pair.selectedIndex = (pair.selectedIndex + step + pair.options.length) % pair.options.length;
    pair.dispatchEvent(new Event("change", { bubbles: true }));
  });
  addEventListener("popstate", () => {
    const query = new URLSearchParams(location.search);
    for (const field of choice.querySelectorAll("select")) {
      const wanted = query.get(field.name) ?? field.dataset.usual;
      if ([...field.options].some((option) => option.value === wanted)) field.value = wanted;
    }
    tell();
    show(false);
  });
  editor?.onChange((config) => {
    const body = new URLSearchParams({ config });
    chart.show(plot.dataset.source, `dashboard/chart/live?${new URLSearchParams([...queryOf()].filter(([name]) => name !== "plot"))}`, { body, keeps: true });
  });
  show(false);
}

begin();
