// Where the bot asks for the password, asks for it in a dialog, and sends the very same request with it.
"use strict";
(() => {
  async function confirmed(url, request) {
    let answer = await fetch(url, request);
    while (answer.headers.has("X-Password-Again")) {
      const given = await ask(await answer.text());
      if (!given) throw new DOMException("Not confirmed", "AbortError");
      for (const [name, text] of given) request.body.set(name, text);
      answer = await fetch(url, request);
    }
    return answer;
  }

  // What was typed; null for "cancel". The text is the bot's own, and has no script.
  function ask(text) {
    const dialog = document.createElement("dialog");
    dialog.className = "confirm-dialog";
    dialog.setAttribute("aria-labelledby", "confirm-title");
    const form = document.adoptNode(new DOMParser().parseFromString(text, "text/html").querySelector("form"));
    dialog.append(form);
    document.body.append(dialog);
    const before = document.activeElement;
    return new Promise((resolve) => {
      let given = null;
      form.addEventListener("submit", () => (given = new FormData(form)));
      form.querySelector("[data-cancel]").addEventListener("click", () => dialog.close());
      dialog.addEventListener("close", () => {
        dialog.remove();
        if (before?.isConnected) before.focus({ preventScroll: true });
        resolve(given);
      });
      const other = form.querySelector("[data-use-passkey]");
      if (other && isSecureContext) {
        other.hidden = false;
        other.addEventListener("click", async () => {
          try {
            const { used } = await import(new URL(other.dataset.usePasskey, document.baseURI));
            const answer = await used("dashboard/confirm/passkey_options", form.dataset.token);
            given = new FormData();
            given.set(form.querySelector("[data-passkey-answer]").name, answer);
            dialog.close();
          } catch {
            other.textContent = "That did not work. Use a passkey again";
          }
        });
      }
      dialog.showModal();
      form.querySelector("[type=password]").focus();
    });
  }

  document.addEventListener("htmx:before:request", (event) => {
    const { ctx } = event.detail;
    if (ctx.request.method === "GET") return;
    ctx.fetch = (url, request) => {
      clearTimeout(ctx.requestTimeout); // people type more slowly than bots answer
      return confirmed(url, request);
    };
  });
  window.fetchConfirmed = confirmed; // for requests that htmx does not send
})();
