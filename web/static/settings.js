// Makes the text field of a configuration file pleasant: Tab indents, line numbers beside it.
"use strict";
(() => {
  const field = document.getElementById("edit-text");
  if (!field) return;
  const numbers = document.getElementById("edit-lines");
  const form = document.getElementById("edit");
  const began = field.value;
  let types = false; // only then does Tab indent: who comes by Tab, or presses Escape, can go on with it

  function count() {
    const lines = field.value.split("\n").length;
    if (numbers.childElementCount !== lines) {
      numbers.replaceChildren(...Array.from({ length: lines }, (_, n) => Object.assign(document.createElement("span"), { textContent: n + 1 })));
    }
    numbers.scrollTop = field.scrollTop;
  }

  function insert(text) {
    // Through the browser, so that it can be undone.
    if (!document.execCommand("insertText", false, text)) field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
  }

  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape") types = false;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
    if (event.key === "Enter" && !event.ctrlKey && !event.metaKey && !event.isComposing) {
      const line = field.value.slice(field.value.lastIndexOf("\n", field.selectionStart - 1) + 1, field.selectionStart);
      event.preventDefault();
      insert(`\n${/^[ \t]*/.exec(line)[0]}`);
    }
    if (event.key === "Tab" && !event.shiftKey && types) {
      event.preventDefault();
      insert("    ");
    }
  });
  field.addEventListener("input", () => { types = true; count(); });
  field.addEventListener("blur", () => { types = false; });
  field.addEventListener("scroll", () => { numbers.scrollTop = field.scrollTop; });
  form.addEventListener("submit", () => { form.dataset.sent = "yes"; });
  addEventListener("beforeunload", (event) => {
    if (field.value !== began && !form.dataset.sent) event.preventDefault();
  });
  document.getElementById("problems")?.focus();
  count();
})();
