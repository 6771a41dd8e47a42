// One trade on its candles: entries, exits, mean entry rate and stops.
function tradeDialog(data) {
  const { trades, texts, currency, moneyPlaces } = data;
  const element = (id) => document.getElementById(id);
  const dialog = element("trade");
  const blocks = new Map();
  let chart = null;
  let list = [];
  let at = 0;

  // The candles of a pair are unpacked when its first trade is looked at.
  function block(pair) {
    const place = data.candles.findIndex((one) => one.pair === pair);
    if (place < 0) return null;
    if (!blocks.has(place)) {
      blocks.set(place, inflated(`candles-${place}`).then((bytes) => columns(bytes, data.candles[place].count)));
    }
    return blocks.get(place).then((parts) => ({ parts, places: data.candles[place].places }));
  }

  async function show(place) {
    const [start, count, size] = trades.window[place];
    const pair = texts[trades.pair[place]];
    const side = trades.short[place] ? "short" : "long";
    element("trade-title").textContent = `${pair} ${side}, trade ${trades.id[place]}`;
    element("trade-facts").replaceChildren(...facts(place).map(([label, text, className]) => fact(label, text, className)));
    element("trade-orders").replaceChildren(...trades.orders[place].map(orderRow));
    element("trade-before").disabled = at === 0;
    element("trade-after").disabled = at === list.length - 1;
    const found = await block(pair);
    if (trades.window[place] !== trades.window[list[at]]) return; // another trade was asked for meanwhile
    chart?.remove();
    chart = null;
    element("trade-chart").hidden = !found || !count;
    element("trade-note").textContent = !found || !count ? "No candles of this trade are in the report." : size > 1 ? `Each candle shown is ${size} candles of the test.` : "";
    if (found && count) chart = drawn(element("trade-chart"), place, candles(found.parts, start, start + count, found.places), found.places);
  }

  function facts(place) {
    const text = (code) => (code < 0 ? NOTHING : texts[code]);
    const made = tone(trades.ratio[place]);
    const entries = trades.orders[place].filter(([isEntry]) => isEntry).length;
    const worst = trades.short[place] ? trades.highest[place] : trades.lowest[place];
    return [
      ["Profit", `${percent(trades.ratio[place])}, ${digits(trades.profit[place], moneyPlaces, true)} ${currency}`, made],
      ["Opened", `${moment(trades.opened[place])} at ${price(trades.openRate[place])}${entries > 1 ? " on average" : ""}`],
      ["Closed", `${moment(trades.closed[place])} at ${price(trades.closeRate[place])}`],
      ["Duration", duration(trades.closed[place] - trades.opened[place])],
      ["Stake", `${digits(trades.stake[place], moneyPlaces)} ${currency}${trades.leverage[place] > 1 ? `, ${amount(trades.leverage[place])}×` : ""}`],
      ["Entry tag", text(trades.tag[place])],
      ["Exit reason", text(trades.reason[place])],
      ["Worst rate", worst ? price(worst) : NOTHING],
      ["Stop loss", stops(place).map(([, rate]) => price(rate)).join(" → ") || NOTHING],
    ];
  }

  // The first stop, and the last one where it has moved.
  function stops(place) {
    const [first, last] = [trades.firstStop[place], trades.lastStop[place]];
    const found = [["first stop", first], ["last stop", last !== first ? last : null], ["liquidation", trades.liquidation[place]]];
    return found.filter(([, rate]) => rate);
  }

  function fact(label, text, className = "") {
    const box = document.createElement("div");
    const [name, value] = ["dt", "dd"].map((kind) => document.createElement(kind));
    name.textContent = label;
    value.textContent = text;
    value.className = className;
    box.append(name, value);
    return box;
  }

  function orderRow([isEntry, filled, rate, size, tag], place) {
    const row = document.createElement("tr");
    const shown = [place + 1, isEntry ? "Entry" : "Exit", moment(filled), price(rate), amount(size), digits(rate * size, moneyPlaces), tag < 0 ? NOTHING : texts[tag]];
    shown.forEach((text, column) => {
      const cell = row.insertCell();
      cell.textContent = text;
      cell.className = [0, 3, 4, 5].includes(column) ? "num" : "";
    });
    return row;
  }

  function drawn(box, place, shownCandles, places) {
    const [opened, closed, isShort] = [trades.opened[place], trades.closed[place], trades.short[place]];
    const made = tradePicture(box, { isShort, opened, closed, ratio: trades.ratio[place], orders: trades.orders[place] }, shownCandles, places);
    for (const [name, rate] of stops(place)) {
      made.line(name, name === "last stop" ? "warn" : "down", name === "first stop" ? LC.LineStyle.Dashed : LC.LineStyle.Solid, [[opened, rate]]);
    }
    made.line("mean entry", "accent", LC.LineStyle.Dotted, meanEntries(trades.orders[place], trades.openRate[place], opened));
    return made;
  }

  function step(by) {
    if (at + by < 0 || at + by >= list.length) return;
    at += by;
    show(list[at]);
  }

  element("trade-before").addEventListener("click", () => step(-1));
  element("trade-after").addEventListener("click", () => step(1));
  element("trade-close").addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "ArrowLeft") step(-1);
    else if (event.key === "ArrowRight") step(1);
  });
  dialog.addEventListener("close", () => { chart?.remove(); chart = null; });
  return (place, found) => {
    list = found;
    at = found.indexOf(place);
    if (!dialog.open) dialog.showModal();
    show(place);
  };
}
