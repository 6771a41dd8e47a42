async function begin() {
  document.querySelectorAll("table.sortable").forEach(makeSortable);
  const data = await unpackedJson("data");
  showCurves(data);
  if (!data.trades.id.length) return;
  const list = tradeList(data, tradeDialog(data));
  document.querySelectorAll("button[data-filter]").forEach((button) => {
    button.addEventListener("click", () => list.filter(button.dataset.filter, button.dataset.value));
  });
}
