// The list of all trades: filtered, sorted and shown in pages.
const ROWS = 50;
// Among more values people search by text.
const MOST_OPTIONS = 500;

function tradeList(data, open) {
  const { trades, texts, currency, moneyPlaces } = data;
  const text = (code) => (code < 0 ? "" : texts[code]);
  const all = trades.id.map((_, place) => place);
  const lasted = (place) => trades.closed[place] - trades.opened[place];
  const heads = [
    { name: "Pair", key: (place) => text(trades.pair[place]) },
    { name: "Profit", num: true, gain: true, key: (place) => trades.ratio[place] },
    { name: "Opened", key: (place) => trades.opened[place] },
    { name: "Closed", wide: true, key: (place) => trades.closed[place] },
    { name: "Duration", num: true, key: lasted },
    { name: "Stake", num: true, wide: true, key: (place) => trades.stake[place] },
    { name: "Exit reason", key: (place) => text(trades.reason[place]) },
    { name: "Tag", tag: true, key: (place) => text(trades.tag[place]) },
  ];
  const element = (id) => document.getElementById(id);
  const filters = Object.fromEntries(["text", "pair", "tag", "reason", "side", "result"].map((name) => [name, element(`filter-${name}`)]));
  let order = all.slice();
  let found = order;
  let page = 0;

  const haystacks = all.map((place) => [trades.pair, trades.tag, trades.reason].map((codes) => text(codes[place])).join("\n").toLowerCase());
  const isWanted = (place) => {
    const result = filters.result.value;
    return (
      ["pair", "tag", "reason"].every((name) => filters[name].value === "" || Number(filters[name].value) === trades[name][place]) &&
      (filters.side.value === "" || Number(filters.side.value) === trades.short[place]) &&
      (result === "" || (result === "won" ? trades.ratio[place] > 0 : trades.ratio[place] < 0)) &&
      haystacks[place].includes(filters.text.value.trim().toLowerCase())
    );
  };

  function cell(kind, label, ...content) {
    const made = document.createElement(kind);
    made.setAttribute("role", kind === "th" ? "rowheader" : "cell");
    if (kind === "th") made.scope = "row";
    made.dataset.label = label;
    made.append(...content);
    return made;
  }

  function styled(className, made) {
    made.className = className;
    return made;
  }

  function span(className, content, kind = "span") {
    const made = styled(className, document.createElement(kind));
    made.textContent = content;
    return made;
  }

  function row(place) {
    const made = document.createElement("tr");
    made.setAttribute("role", "row");
    const name = span("name", text(trades.pair[place]), "button");
    name.type = "button";
    name.title = `Show trade ${trades.id[place]} on its candles`;
    const side = trades.short[place] ? "short" : "long";
    const leverage = trades.leverage[place] > 1 ? ` ${amount(trades.leverage[place])}×` : "";
    const money = span("abs", `${digits(trades.profit[place], moneyPlaces, true)} ${currency}`);
    const profit = cell("td", "Profit", span("", percent(trades.ratio[place]), "strong"), " ", money);
    const tag = cell("td", "Tag", span("", text(trades.tag[place]) || NOTHING));
    tag.title = text(trades.tag[place]);
    made.append(
      cell("th", "Pair", name, " ", span(`side ${side}`, side + leverage)),
      styled(`num gain ${tone(trades.ratio[place])}`, profit),
      cell("td", "Opened", moment(trades.opened[place])),
      styled("wide", cell("td", "Closed", moment(trades.closed[place]))),
      styled("num", cell("td", "Duration", duration(lasted(place)))),
      styled("num wide", cell("td", "Stake", digits(trades.stake[place], moneyPlaces))),
      cell("td", "Exit reason", text(trades.reason[place]) || NOTHING),
      styled(text(trades.tag[place]) ? "tag" : "tag none", tag),
    );
    made.addEventListener("click", () => open(place, found));
    return made;
  }

  function show() {
    found = order.filter(isWanted);
    const pages = Math.max(1, Math.ceil(found.length / ROWS));
    page = Math.min(page, pages - 1);
    element("trades-body").replaceChildren(...found.slice(page * ROWS, (page + 1) * ROWS).map(row));
    element("trades-count").textContent = found.length === all.length ? all.length.toLocaleString("en-US") : `${found.length} of ${all.length}`;
    element("trades-none").hidden = found.length > 0;
    element("trades-reset").hidden = found.length === all.length;
    element("trades-pages").hidden = pages === 1;
    element("trades-page").textContent = `page ${page + 1} of ${pages}`;
    element("trades-before").disabled = page === 0;
    element("trades-after").disabled = page === pages - 1;
  }

  function turn(by) {
    page += by;
    show();
    element("trades").scrollIntoView({ block: "start" });
  }

  function filter(name, value) {
    element("filters").reset();
    filters[name].value = String(value === "" ? -1 : texts.indexOf(value));
    page = 0;
    show();
    element("trades").scrollIntoView({ block: "start" });
  }

  for (const [name, codes] of Object.entries({ pair: trades.pair, tag: trades.tag, reason: trades.reason })) {
    const names = [...new Set(codes)].map((code) => [text(code) || "none", code]).sort(([a], [b]) => collator.compare(a, b));
    filters[name].append(new Option("all", ""), ...names.map(([label, code]) => new Option(label, code)));
    filters[name].parentElement.hidden = names.length < 2 || names.length > MOST_OPTIONS;
  }
  filters.side.parentElement.hidden = new Set(trades.short).size < 2;
  element("filters").addEventListener("input", () => { page = 0; show(); });
  element("filters").addEventListener("submit", (event) => event.preventDefault());
  element("trades-reset").addEventListener("click", () => { element("filters").reset(); show(); });
  element("trades-before").addEventListener("click", () => turn(-1));
  element("trades-after").addEventListener("click", () => turn(1));
  element("trades-head").append(
    ...heads.map(({ name, num, gain, tag, wide }) => {
      const head = document.createElement("th");
      head.scope = "col";
      head.setAttribute("role", "columnheader");
      head.className = [num && "num", gain && "gain", tag && "tag", wide && "wide"].filter(Boolean).join(" ");
      head.textContent = name;
      return head;
    }),
  );
  sortButtons([...element("trades-head").children], (place, way) => {
    const { key } = heads[place];
    order = all.slice().sort((a, b) => way * compared(key(a), key(b)) || a - b);
    page = 0;
    show();
  });
  show();
  return { filter };
}
