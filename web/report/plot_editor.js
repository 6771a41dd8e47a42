// Edits a plot configuration in rows: column, place, kind, colour, and to which column it is filled. The text
// below them is the configuration itself, as FreqUI and strategies have it; it is what the form sends.
const MAIN = "";

function plotEditor() {
  const form = document.getElementById("plot-editor");
  if (!form) return null;
  const rows = form.querySelector("[data-rows]");
  const text = form.elements.config;
  const pattern = form.querySelector("template");
  const note = document.getElementById("plot-note");
  let columns = [];
  let config = {};
  let isTouched = false;
  let change = () => {};

  const fill = (select, names, value) => {
    const known = names.includes(value) || !value ? names : [value, ...names];
    select.replaceChildren(...known.map((name) => Object.assign(document.createElement("option"), { value: name, textContent: name || "–" })));
    select.value = value ?? "";
  };

  // A row for each column of the configuration; what rows cannot show is kept.
  function show() {
    const places = [[MAIN, config.main_plot ?? {}], ...Object.entries(config.subplots ?? {})];
    rows.replaceChildren(...places.flatMap(([place, drawn]) => Object.entries(drawn ?? {}).map(([name, options]) => row(place, name, options ?? {}))));
  }

  function row(place, name, options) {
    const item = pattern.content.firstElementChild.cloneNode(true);
    const field = (key) => item.querySelector(`[data-field="${key}"]`);
    fill(field("column"), columns, name);
    fill(field("fill"), ["", ...columns], options.fill_to ?? "");
    field("place").value = place || "main";
    field("type").value = ["line", "bar", "scatter"].includes(options.type) ? options.type : "line";
    field("color").value = options.color ?? "";
    swatch(item);
    item.options = options;
    return item;
  }

  function swatch(item) {
    const [picked, named] = [item.querySelector("[data-field=picked]"), item.querySelector("[data-field=color]")];
    const context = document.createElement("canvas").getContext("2d");
    context.fillStyle = usable(named.value, "#2f7ed8");
    if (context.fillStyle.startsWith("#")) picked.value = context.fillStyle;
  }

  function gather() {
    const main_plot = {};
    const subplots = {};
    for (const item of rows.children) {
      const { column, place, type, color, fill } = Object.fromEntries([...item.querySelectorAll("[data-field]")].map((one) => [one.dataset.field, one.value.trim()]));
      if (!column) continue;
      const { color: _, type: kind, fill_to: __, ...others } = item.options;
      const isMain = !place || place.toLowerCase() === "main";
      const options = { ...others, ...(color && { color }), ...((type !== "line" || kind) && { type }), ...(fill && { fill_to: fill }) };
      if (isMain) main_plot[column] = options;
      else Object.defineProperty((Object.hasOwn(subplots, place) ? subplots[place] : own(subplots, place)), column, { value: options, enumerable: true, configurable: true });
    }
    config = { ...config, main_plot, subplots };
  }

  // A name of a user may be "__proto__".
  const own = (object, name) => Object.defineProperty(object, name, { value: {}, enumerable: true, configurable: true })[name];

  function touch() {
    isTouched = true;
    note.textContent = "Not saved yet.";
    change(text.value);
  }

  function read() {
    try {
      const found = JSON.parse(text.value);
      if (typeof found !== "object" || !found || !(found.main_plot || found.subplots)) throw new Error('expected "main_plot" and "subplots"');
      config = found;
      show();
      touch();
    } catch (error) {
      note.textContent = `This is no plot configuration: ${error.message}`;
    }
  }

  rows.addEventListener("change", (event) => {
    const item = event.target.closest("li");
    if (event.target.dataset.field === "picked") item.querySelector("[data-field=color]").value = event.target.value;
    if (event.target.dataset.field === "color") swatch(item);
    gather();
    text.value = JSON.stringify(config, null, 2);
    touch();
  });
  form.addEventListener("click", async (event) => {
    const action = event.target.closest("button[data-do]")?.dataset.do;
    if (action === "add") {
      rows.append(row(MAIN, columns.find((name) => !rows.querySelector(`option[value="${CSS.escape(name)}"]:checked`)) ?? "", {}));
      rows.lastElementChild.querySelector("select").focus();
    } else if (action === "leave") {
      const item = event.target.closest("li");
      (item.nextElementSibling ?? item.previousElementSibling ?? form).querySelector("select, button")?.focus();
      item.remove();
    } else if (action === "copy") {
      text.select();
      try {
        await navigator.clipboard.writeText(text.value);
        note.textContent = "Copied.";
      } catch {
        note.textContent = "It is selected: copy it with your keyboard.";
      }
      return;
    } else return;
    gather();
    text.value = JSON.stringify(config, null, 2);
    touch();
  });
  text.addEventListener("change", read);
  form.querySelector("[data-import]").addEventListener("change", async (event) => {
    const [file] = event.target.files;
    if (!file) return;
    text.value = (await file.text()).slice(0, 65_536);
    form.elements.name.value ||= file.name.replace(/\.json$/i, "").slice(0, 40);
    read();
  });

  return {
    onChange(act) { change = act; },
    // The content of a chart: which columns there are, and what is drawn.
    offer(data) {
      columns = data.columns;
      if (!isTouched) {
        config = data.config;
        text.value = JSON.stringify({ main_plot: {}, subplots: {}, ...config }, null, 2);
        show();
      }
      const missing = form.querySelector("[data-missing]");
      missing.textContent = data.missing.length ? `The strategy has no column ${data.missing.join(", ")}.` : "";
    },
    follow(query, name) {
      isTouched = false;
      note.textContent = "";
      query.delete("plot");
      form.action = `dashboard/plots?${query}`;
      form.elements.name.value = name;
      form.querySelector("[data-remove]").hidden = !name;
      form.querySelector("[data-download]").href = `dashboard/plots?${new URLSearchParams({ plot: name })}`;
    },
  };
}
