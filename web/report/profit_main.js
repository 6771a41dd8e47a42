async function begin() {
  document.querySelectorAll("table.sortable").forEach(makeSortable);
  profitChart(await unpackedJson("data"));
}
