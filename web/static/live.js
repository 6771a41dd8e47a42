// Keeps the page up to date: the bot sends finished pieces of it, htmx puts them in their places.
// Where the stream does not get through (a proxy that holds it back), the same pieces are asked for.
"use strict";
(() => {
  const SILENCE = 25_000; // ms; the server sends a beat every 10 s
  const LOOK = 5_000;
  const LONGEST = 15_000;
  const link = document.getElementById("link");
  const lost = document.getElementById("lost");
  const notices = document.getElementById("notice");
  const GOOD_LASTS = 8_000; // ms, as the style sheet has it
  const DOUBLE = 5_000; // ms
  let source = null;
  let heard = Date.now();
  let patience = 1_000;
  let asking = false;
  let again = false;

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
    const wasGone = !lost.hidden;
    heard = Date.now();
    show("live", way);
    if (html) refreshing.putFragments(html);
    else if (wasGone) follow();
  }

  function connect() {
    source?.close();
    source = new EventSource(link.dataset.live);
    const told = (event) => {
      patience = 1_000;
      if (event.type === "reload") location.reload();
      else if (event.type === "changed") follow();
      else hear(event.type === "pieces" ? event.data : "", "live");
    };
    for (const kind of ["beat", "pieces", "changed", "reload"]) source.addEventListener(kind, told);
    source.onerror = () => {
      source.close();
      source = null;
      ask();
      setTimeout(connect, patience);
      patience = Math.min(patience * 2, 10_000);
    };
  }

  // Other pages than the overview request themselves again when the bot has changed.
  async function follow() {
    hear("", "live");
    document.dispatchEvent(new Event("bot:changed"));
    const main = document.querySelector("main[data-follow]");
    if (asking) again = true;
    if (!main || asking || !refreshing.may(main)) return;
    asking = true;
    again = false;
    try {
      const answer = await fetch(location.pathname + location.search, { cache: "no-store", signal: AbortSignal.timeout(LONGEST) });
      if (answer.status === 401) location.assign("login?ended");
      else if (answer.redirected || answer.status === 404) location.reload(); // such as a trade that was removed
      else if (answer.ok) {
        const html = await answer.text();
        if (refreshing.may(main)) refreshing.putMain(html);
      }
    } catch {} // the next change asks again
    asking = false;
    if (again) follow();
  }

  refreshing.whenQuiet(() => (document.querySelector("main[data-follow]") ? follow() : ask()));

  // One look without the stream: it also tells a lost connection from a login that has ended.
  async function ask() {
    try {
      const answer = await fetch(`${link.dataset.live}${link.dataset.live.includes("?") ? "&" : "?"}once`, { cache: "no-store", signal: AbortSignal.timeout(LOOK) });
      if (answer.status === 401) location.assign("login?ended");
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

  // What came of actions. Good news fades; bad news stays until it is closed, also through a restart of the bot.
  function tell(kind, text, at = Date.now()) {
    const note = document.createElement("p");
    note.className = `notice ${kind}`;
    note.dataset.at = at; // since when, also on earlier pages
    note.setAttribute("role", kind === "bad" ? "alert" : "status");
    note.append(Object.assign(document.createElement("span"), { textContent: text }));
    const close = Object.assign(document.createElement("button"), { type: "button", className: "close", textContent: "×" });
    close.setAttribute("aria-label", "Close this message");
    note.append(close);
    notices.prepend(note);
    tidy();
  }

  function textOf(note) {
    return note.querySelector("span").textContent;
  }

  // The newest of what says the same, and no more than four: more would cover the page.
  function tidy() {
    const newest = [...notices.querySelectorAll(".notice")];
    newest.forEach((note, at) => {
      note.dataset.at ??= Date.now();
      if (at > 3 || newest.findIndex((other) => textOf(other) === textOf(note)) < at) note.remove();
    });
  }

  document.addEventListener("click", (event) => {
    if (event.target.closest("#notice .close")) event.target.closest(".notice").remove();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") notices.querySelector(".notice")?.remove();
  });
  notices.addEventListener("animationend", (event) => event.target.remove());
  document.addEventListener("htmx:after:swap", tidy);
  document.addEventListener("htmx:after:request", (event) => {
    const { request, response, text } = event.detail.ctx;
    if (request.method === "GET" && response.status < 400) return; // a piece of a page
    if (response.headers.has("HX-Redirect") || text.includes('class="notice')) return;
    event.preventDefault(); // no message of ours: of the API, of a proxy
    let why = text.startsWith("<") ? "" : text.trim();
    try {
      const told = JSON.parse(text);
      why = String(told.error ?? told.detail ?? "");
    } catch {}
    tell("bad", why || `No answer of the bot (${response.status}). Look at its state before trying again.`);
  });
  document.addEventListener("htmx:error", (event) => {
    if (event.detail.ctx?.response) return;
    tell("bad", "The bot could not be reached, so it may not have heard this. Look at its state before trying again.");
  });
  addEventListener("pagehide", () => {
    const kept = [...notices.querySelectorAll(".notice")].reverse().map((note) => [note.classList[1], textOf(note), note.dataset.at]);
    sessionStorage.setItem("notices", JSON.stringify(kept));
  });
  for (const [kind, text, at] of JSON.parse(sessionStorage.getItem("notices") ?? "[]")) {
    if (kind === "bad" || Date.now() - at < GOOD_LASTS) tell(kind, text, at);
  }
  sessionStorage.removeItem("notices");

  // A second click while a form is under way would replace its answer, such as a token that is shown once.
  const sent = new WeakMap();
  addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    if (Date.now() - (sent.get(event.target) ?? 0) < DOUBLE) event.preventDefault();
    else sent.set(event.target, Date.now());
  });

  // On phones the pages are one row that scrolls.
  const here = document.querySelector(".top .places [aria-current]");
  if (here) here.parentElement.scrollLeft = here.offsetLeft - here.parentElement.offsetLeft - 24;

  connect();
})();
