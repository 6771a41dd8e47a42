// Keeps the page up to date: the bot sends finished pieces of it, htmx puts them in their places.
// Where the stream does not get through (a proxy that holds it back), the same pieces are asked for.
"use strict";
(() => {
  const SILENCE = 25_000; // ms; the server sends a beat every 10 s
  const LOOK = 5_000;
  const link = document.getElementById("link");
  const lost = document.getElementById("lost");
  let source = null;
  let heard = Date.now();
  let patience = 1_000;

  function show(state, text) {
    const gone = state === "gone";
    if (gone && lost.hidden) {
      document.getElementById("lost-since").textContent = new Date(heard).toLocaleTimeString();
    }
    if (link.textContent !== text) link.textContent = text;
    link.className = `link ${state}`;
    lost.hidden = !gone;
    document.body.classList.toggle("stale", gone);
  }

  function hear(html, way) {
    heard = Date.now();
    show("live", way);
    if (html) htmx.swap({ text: html, target: document.body, swap: "none", sourceElement: document.body });
  }

  function connect() {
    source?.close();
    source = new EventSource(link.dataset.live);
    const told = (event) => {
      patience = 1_000;
      if (event.type === "reload") location.reload();
      else hear(event.type === "pieces" ? event.data : "", "live");
    };
    for (const kind of ["beat", "pieces", "reload"]) source.addEventListener(kind, told);
    source.onerror = () => {
      source.close();
      source = null;
      ask();
      setTimeout(connect, patience);
      patience = Math.min(patience * 2, 10_000);
    };
  }

  // One look without the stream: it also tells a lost connection from a login that has ended.
  async function ask() {
    try {
      const answer = await fetch(`${link.dataset.live}?once`, { cache: "no-store", signal: AbortSignal.timeout(LOOK) });
      if (answer.status === 401) location.assign("/login");
      else if (answer.status === 205) location.reload();
      else if (answer.ok) hear(await answer.text(), "live");
      else show("gone", "connection lost");
    } catch {
      show("gone", "connection lost");
    }
  }

  setInterval(() => {
    if (Date.now() - heard > (source ? SILENCE : LOOK)) ask();
  }, LOOK);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && Date.now() - heard > SILENCE) connect();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-close]")) event.target.closest(".notice").remove();
  });
  document.addEventListener("htmx:error", (event) => {
    if (event.detail.ctx?.response) return;
    const note = document.createElement("p");
    note.className = "notice bad";
    note.setAttribute("role", "alert");
    note.textContent = "The bot could not be reached, so it may not have heard this. Look at its state before trying again.";
    document.getElementById("notice").replaceChildren(note);
  });
  connect();
})();
