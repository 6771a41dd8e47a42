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

begin()
  .then(() => document.documentElement.classList.add("ready"))
  .catch((error) => {
    const failed = document.getElementById("failed");
    const isOld = typeof DecompressionStream === "undefined";
    failed.textContent = isOld ? "This browser is too old for the charts of this page: it cannot unpack them." : `The charts of this page could not be drawn: ${error.message}`;
    failed.hidden = false;
    throw error;
  });
