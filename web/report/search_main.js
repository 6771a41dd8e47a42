async function begin() {
  const data = await unpackedJson("data");
  showGrowth(document.getElementById("growth-chart"), data.growth);
}
