// Shows times in the browser's zone, in the form in which the server wrote them in UTC; the title keeps UTC.
"use strict";
(() => {
  const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
  const PART = new RegExp(`(\\d{4}-\\d\\d-\\d\\d)|(\\d\\d:\\d\\d:\\d\\d)|(\\d\\d:\\d\\d)|\\b(\\d\\d) (?:${MONTHS.join("|")})|(${MONTHS.join("|")})|(${DAYS.join("|")})|\\b(\\d{4})\\b| UTC`, "g");
  const shown = new WeakMap();
  const two = (number) => String(number).padStart(2, "0");

  function local(text, at) {
    const month = MONTHS[at.getMonth()];
    const clock = `${two(at.getHours())}:${two(at.getMinutes())}`;
    return text.replace(PART, (_, date, exact, time, day, name, weekday, year) => {
      if (date) return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
      if (exact) return `${clock}:${two(at.getSeconds())}`;
      if (time) return clock;
      if (day) return `${two(at.getDate())} ${month}`;
      if (name) return month;
      if (weekday) return DAYS[at.getDay()];
      return year ? String(at.getFullYear()) : "";
    });
  }

  function showAll() {
    for (const time of document.querySelectorAll("time[datetime]")) {
      const key = `${time.dateTime} ${time.textContent}`;
      if (shown.get(time) === key || time.childElementCount) continue;
      const at = new Date(time.dateTime);
      if (Number.isNaN(at.getTime())) continue;
      time.title ||= `${at.toISOString().slice(0, 19).replace("T", " ")} UTC`;
      const text = local(time.textContent, at);
      if (text !== time.textContent) time.textContent = text;
      shown.set(time, `${time.dateTime} ${text}`);
    }
  }

  const zone = document.getElementById("zone");
  if (new Date().getTimezoneOffset() === 0 && Intl.DateTimeFormat().resolvedOptions().timeZone === "UTC") return;
  if (zone) {
    const name = Intl.DateTimeFormat("en", { timeZoneName: "shortOffset" }).formatToParts().find((part) => part.type === "timeZoneName");
    zone.textContent = `times are of ${Intl.DateTimeFormat().resolvedOptions().timeZone} (${name?.value ?? "local"}), with UTC on hover`;
  }
  showAll();
  new MutationObserver(showAll).observe(document.body, { childList: true, characterData: true, subtree: true });
})();
