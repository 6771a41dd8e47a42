// The live tail of the log: new lines are appended, and nothing else changes. It pauses while somebody reads
// further up, has a traceback open or has asked for a pause; what comes meanwhile waits.
"use strict";
(() => {
  const MOST = 1_000; // lines in the page; the oldest go
  const MOST_WAITING = 500;
  const AGAIN = 10_000; // ms after a refused stream
  const list = document.getElementById("log-lines");
  const pause = document.getElementById("log-pause");
  const copy = document.getElementById("log-copy");
  const state = document.getElementById("log-state");
  let source = null;
  let number = new URLSearchParams(list.dataset.live.split("?")[1]).get("after");
  let isPaused = false;
  let waiting = [];

  const isAtEnd = () => list.scrollHeight - list.scrollTop - list.clientHeight < 24;
  const toEnd = () => { list.scrollTop = list.scrollHeight; };

  function tell() {
    const count = waiting.length;
    state.textContent = count
      ? `${isPaused ? "Paused" : "Waiting at your place"}: ${count} new ${count === 1 ? "line" : "lines"}.`
      : isPaused ? "Paused." : "New lines appear here.";
    pause.textContent = count || isPaused ? "Continue" : "Pause";
    pause.setAttribute("aria-pressed", String(isPaused));
  }

  // `html` is rendered by the server, which escapes every text in it.
  function linesOf(html) {
    const pattern = document.createElement("template");
    pattern.innerHTML = html;
    return [...pattern.content.children];
  }

  function put(lines) {
    document.getElementById("log-none")?.remove();
    list.append(...lines);
    while (list.children.length > MOST) list.firstElementChild.remove();
    toEnd();
  }

  function take(lines) {
    if (isPaused || !isAtEnd()) waiting = [...waiting, ...lines].slice(-MOST_WAITING);
    else put(lines);
    tell();
  }

  function goOn() {
    isPaused = false;
    put(waiting);
    waiting = [];
    tell();
  }

  function connect() {
    source?.close();
    source = new EventSource(list.dataset.live.replace(/after=\d+/, `after=${number}`));
    source.addEventListener("lines", (event) => {
      number = event.lastEventId;
      take(linesOf(event.data));
    });
    source.addEventListener("counts", (event) => {
      const [errors, warnings] = JSON.parse(event.data);
      const place = document.getElementById("log-errors");
      place.textContent = errors;
      place.classList.toggle("down", errors > 0);
      document.getElementById("log-warnings").textContent = warnings;
    });
    source.addEventListener("reload", () => location.reload());
    source.onerror = () => {
      if (source.readyState === EventSource.CLOSED) setTimeout(connect, AGAIN);
    };
  }

  pause.addEventListener("click", () => {
    if (isPaused || waiting.length) goOn();
    else {
      isPaused = true;
      tell();
    }
  });
  list.addEventListener("scroll", () => {
    if (!isPaused && waiting.length && isAtEnd()) goOn();
  });
  copy.addEventListener("click", async () => {
    const lines = [...list.children].map((line) => {
      const more = line.querySelector("pre")?.textContent;
      const words = [...line.querySelectorAll(":scope > time, :scope > strong, :scope > span")].map((one) => (one.dateTime ?? one.textContent));
      return words.join(" ") + (more ? `\n${more}` : "");
    });
    try {
      await navigator.clipboard.writeText(lines.join("\n"));
      state.textContent = `Copied ${lines.length} lines.`;
    } catch {
      getSelection().selectAllChildren(list);
      state.textContent = "The lines are selected: copy them with your keyboard.";
    }
  });
  addEventListener("pagehide", () => source?.close());

  pause.hidden = copy.hidden = false;
  toEnd();
  tell();
  connect();
})();
