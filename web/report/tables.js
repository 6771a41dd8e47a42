// Tables whose headings sort them.
function sortButtons(heads, sort) {
  heads.forEach((head, place) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      // Numbers begin with the largest, texts with A.
      const first = head.classList.contains("num") ? "descending" : "ascending";
      const other = first === "ascending" ? "descending" : "ascending";
      const order = head.getAttribute("aria-sort") === first ? other : first;
      heads.forEach((one) => one.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", order);
      sort(place, order === "ascending" ? 1 : -1);
    });
  });
}

const collator = new Intl.Collator("en", { numeric: true });
const compared = (a, b) => (typeof a === "string" ? collator.compare(a, b) : a - b);

function makeSortable(table) {
  const body = table.tBodies[0];
  sortButtons([...table.tHead.rows[0].cells], (place, way) => {
    const isText = place === 0;
    const key = (row) => (isText ? row.cells[place].dataset.sort : Number(row.cells[place].dataset.sort));
    const rows = [...body.rows].map((row) => [key(row), row]);
    rows.sort(([a], [b]) => way * compared(a, b));
    body.append(...rows.map(([, row]) => row));
  });
}
