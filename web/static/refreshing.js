// Puts new content into the page without disturbing whoever uses it: nothing moves under somebody who types,
// selects text or has something open; focus and half-filled fields stay; what has changed is lit up briefly.
"use strict";
const refreshing = (() => {
  const LIGHT = 1_500; // ms, as the style sheet has it
  const MOST_LIGHTS = 40; // more than that is another page, not a change
  const WAIT = 300; // ms after somebody has stopped, for a click to have its effect first
  let missed = false;
  let catchUp = () => {};
  let timer = 0;

  function isBusy(place) {
    if (document.hidden || document.querySelector("dialog[open]")) return true;
    const at = document.activeElement;
    if (place.contains(at) && at.matches("input, select, textarea")) return true;
    if (place.querySelector("details[open]")) return true;
    const picked = getSelection();
    return Boolean(picked && !picked.isCollapsed && place.contains(picked.anchorNode));
  }

  // Returns whether `place` may change now; if not, what was missed is asked for when it may.
  function may(place) {
    if (!isBusy(place)) return true;
    missed = true;
    return false;
  }

  function tryAgain() {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const main = document.getElementById("main");
      if (!missed || !main) return;
      missed = false;
      catchUp();
    }, WAIT);
  }

  function isChanged(field) {
    if (field.matches("[type=checkbox], [type=radio]")) return field.checked !== field.defaultChecked;
    if (field.tagName !== "SELECT") return field.value !== field.defaultValue;
    return field.selectedIndex !== Math.max([...field.options].findIndex((one) => one.defaultSelected), 0);
  }

  // Fields that were changed and not sent yet get their values back.
  function keepFields(place) {
    const changed = [...place.querySelectorAll(":is(input, select, textarea)[id]")].filter(isChanged);
    const values = changed.map((field) => [field.id, field.value, field.checked]);
    return () => {
      for (const [id, value, checked] of values) {
        const field = document.getElementById(id);
        if (field) Object.assign(field, { value, checked });
      }
    };
  }

  function keepFocus() {
    const at = document.activeElement;
    const link = at?.getAttribute("href");
    return () => {
      if (!at || at.isConnected) return;
      const again = at.id ? document.getElementById(at.id) : link && document.querySelector(`main a[href="${CSS.escape(link)}"]`);
      again?.focus({ preventScroll: true });
    };
  }

  function lightUp(records) {
    const lit = new Set();
    for (const { target, type, addedNodes } of records) {
      const rows = [...addedNodes].filter((node) => node.nodeType === 1 && node.matches("tr, li"));
      const at = type === "characterData" ? target.parentElement : target;
      if (!at?.isConnected || at.closest("time, svg, form, .quiet, .log, .plot")) continue;
      if (rows.length) rows.forEach((row) => lit.add(row));
      else if (!at.matches("tr, tbody, ul, ol")) lit.add(at.closest("td, th, dd, h1, li, .big, .big-figure"));
    }
    lit.delete(null);
    if (lit.size > MOST_LIGHTS) return;
    for (const one of lit) {
      one.classList.add("changed");
      setTimeout(() => one.classList.remove("changed"), LIGHT);
    }
  }

  async function swap(place, how) {
    const records = [];
    const watching = new MutationObserver((seen) => records.push(...seen));
    const kept = [keepFields(place), keepFocus()];
    watching.observe(place, { childList: true, characterData: true, subtree: true });
    await htmx.swap({ sourceElement: document.body, ...how });
    records.push(...watching.takeRecords());
    watching.disconnect();
    kept.forEach((restore) => restore());
    lightUp(records);
  }

  // The fragments of the overview, without those that somebody is at work in.
  function putFragments(html) {
    const parts = document.createElement("template");
    parts.innerHTML = html;
    for (const part of [...parts.content.children]) {
      const place = document.querySelector(part.getAttribute("hx-target"));
      if (!place || !may(place)) part.remove();
    }
    const text = parts.innerHTML;
    if (text.trim()) swap(document.getElementById("main"), { text, target: document.body, swap: "none" });
  }

  function putMain(html) {
    swap(document.getElementById("main"), { text: html, target: "#main", select: "#main", swap: "outerMorph" });
  }

  for (const kind of ["focusout", "selectionchange", "visibilitychange"]) document.addEventListener(kind, tryAgain);
  for (const kind of ["toggle", "close"]) document.addEventListener(kind, tryAgain, true);

  return { may, putFragments, putMain, whenQuiet: (then) => { catchUp = then; } };
})();
