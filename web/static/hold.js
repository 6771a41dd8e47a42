// Exits all trades when its button was held for long enough. Released early, or slid off, nothing happens.
"use strict";
(() => {
  const LASTS = 1_500; // ms, as the style sheet has it
  const button = (event) => event.target.closest?.("#hold-exit");
  let timer = 0;
  let pressed = false; // by a pointer, whose click is no command then

  function release() {
    clearTimeout(timer);
    document.body.classList.remove("holding"); // the button itself may be replaced meanwhile
  }

  document.addEventListener("pointerdown", (event) => {
    pressed = Boolean(button(event));
    if (!pressed || event.button || !event.isPrimary) return;
    document.body.classList.add("holding");
    timer = setTimeout(() => {
      release();
      navigator.vibrate?.(60);
      document.getElementById("held")?.dispatchEvent(new Event("held"));
    }, LASTS);
  });
  document.addEventListener("pointermove", (event) => {
    if (!timer || !document.body.classList.contains("holding")) return;
    if (!document.elementFromPoint(event.clientX, event.clientY)?.closest("#hold-exit")) release();
  });
  for (const kind of ["pointerup", "pointercancel", "visibilitychange"]) document.addEventListener(kind, release);
  addEventListener("blur", release);
  document.addEventListener("contextmenu", (event) => {
    if (button(event)) event.preventDefault(); // what phones show for a long press
  });
  // Before forms.js hears of it. Keys and screen readers click without a pointer, and get the form.
  document.addEventListener("click", (event) => {
    if (!button(event) || !pressed || !event.pointerType) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);
  document.addEventListener("keydown", () => { pressed = false; });
})();
