// Shows forms in a dialog over the page that leads to them. Each is a page of its own, which works without this.
"use strict";
(() => {
  const dialog = document.getElementById("dialog");
  let opener = null;

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-dialog], a[data-close]");
    if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
    if (link.matches("[data-dialog]")) {
      event.preventDefault();
      show(link);
    } else if (dialog.contains(link)) {
      event.preventDefault();
      dialog.close();
    }
  });

  async function show(link) {
    const { href } = link;
    try {
      const answer = await fetch(href, { cache: "no-store", headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const form = page.querySelector("[data-form]");
      if (!answer.ok || !form) return location.assign(answer.redirected ? answer.url : href);
      // A page that is only parsed has what is meant for browsers without scripts.
      form.querySelectorAll("noscript").forEach((part) => part.remove());
      if (!dialog.open) opener = link;
      dialog.replaceChildren(document.adoptNode(form));
      htmx.process(dialog);
      if (!dialog.open) dialog.showModal();
      (dialog.querySelector("[autofocus]") ?? dialog.querySelector("#form-title")).focus();
    } catch {
      location.assign(href);
    }
  }

  dialog.addEventListener("close", () => {
    dialog.replaceChildren();
    // A page that was refreshed meanwhile has another element in that place.
    (opener?.isConnected ? opener : document.getElementById("main")).focus({ preventScroll: true });
    opener = null;
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog && !isDirty(dialog)) dialog.close();
  });

  // Once it is done the form has served: what came of it is told at the edge of the page.
  document.addEventListener("htmx:after:swap", (event) => {
    const { sourceElement: form, response, request } = event.detail.ctx ?? {};
    if (!form?.matches?.("[data-form] form") || request?.method === "GET" || !response || response.status >= 400) return;
    if (dialog.contains(form)) dialog.close();
    else location.assign(form.dataset.after);
  });

  // What is typed or chosen in a form differs from what the page came with.
  function isDirty(part) {
    return [...part.querySelectorAll("input, textarea, select")].some((field) => {
      if (field.type === "hidden" || field.type === "submit") return false;
      if (field.type === "radio" || field.type === "checkbox") return field.checked !== field.defaultChecked;
      if (field.options) {
        const was = [...field.options].some((option) => option.defaultSelected);
        return was ? [...field.options].some((option) => option.selected !== option.defaultSelected) : field.selectedIndex > 0;
      }
      return field.value !== field.defaultValue;
    });
  }
})();
