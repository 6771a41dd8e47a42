// Lets the browser show the last view of a page while it is offline, and asks again for what it shows as old.
"use strict";
(() => {
  const AGAIN = 10_000; // ms
  if (isSecureContext) navigator.serviceWorker?.register("service-worker.js").catch(() => {}); // private windows refuse

  if (!document.body.classList.contains("offline")) return;
  async function tryAgain() {
    const answer = await fetch("manifest.webmanifest", { cache: "no-store" }).catch(() => null);
    if (answer?.ok) location.reload();
  }
  addEventListener("online", tryAgain);
  setInterval(tryAgain, AGAIN);
})();
