// Shows the last view of a page, marked as old, while the bot cannot be reached. Keeps only pages that the bot
// marks (no forms, no settings), a few of them, without what acts, and only for the login that has seen them.
"use strict";
const MOST_VIEWS = 12;
const LONGEST = 3 * 86_400_000; // ms after which a view is of no use
const UNREACHABLE = [502, 504]; // what proxies say for it
const scope = new URL(registration.scope).pathname;
const VIEWS = `views of ${scope}`;
const FILES = `files of ${scope}`;
const MARK = "X-Last-View";
const KEPT_AT = "X-Kept-At";
let forgotten = 0; // how often: what was asked for before must not be kept after

addEventListener("install", () => skipWaiting());
// Another version of this file means another version of the pages.
addEventListener("activate", (event) => event.waitUntil(forget().then(() => clients.claim()).then(keepOpenPages)));

addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin || !url.pathname.startsWith(scope)) return;
  const path = url.pathname.slice(scope.length);
  if (request.mode === "navigate") {
    if (path === "logout") event.waitUntil(forget());
    else if (request.method === "GET" && !/^(api|ui|docs|static|dashboard)(\/|$)/.test(path)) event.respondWith(page(event, path));
  } else if (request.method === "GET" && path.startsWith("static/") && url.searchParams.has("v")) {
    event.respondWith(file(event));
  }
});

async function page(event, path) {
  const { url } = event.request;
  const before = forgotten;
  const answer = await fetch(event.request).catch(() => null);
  if (!answer || UNREACHABLE.includes(answer.status)) return (await lastView(url)) ?? answer ?? nothingKept(url);
  if (path === "login" && answer.ok) await forget(); // the session has ended
  if (answer.headers.has(MARK)) event.waitUntil(keep(url, answer.clone(), before));
  return answer;
}

async function keep(url, answer, before) {
  const mark = answer.headers.get(MARK);
  const html = await answer.text();
  if (forgotten !== before) return;
  let views = await caches.open(VIEWS);
  const [first] = await views.matchAll();
  if (first && first.headers.get(MARK) !== mark) {
    await forget(); // somebody else, or the same one anew
    views = await caches.open(VIEWS);
  }
  const now = new Date();
  const headers = { [MARK]: mark, [KEPT_AT]: now.getTime() };
  for (const name of ["Content-Type", "Content-Security-Policy"]) headers[name] = answer.headers.get(name);
  await views.delete(url, { ignoreSearch: true });
  await views.put(url, new Response(markedAsOld(html, now), { headers }));
  const kept = await views.keys();
  await Promise.all(kept.slice(0, -MOST_VIEWS).map((one) => views.delete(one)));
  const files = await caches.open(FILES);
  for (const [, name] of html.matchAll(/(?:src|href)="(static\/[^"]+\?v=[^"]+)"/g)) {
    const address = new URL(scope + name, url);
    if (!(await files.match(address))) await keepFile(files, address, await fetch(address));
  }
}

// Without scripts that talk to the bot, and without tokens: what is old commands nothing.
function markedAsOld(html, at) {
  const time = `${at.toISOString().slice(0, 16).replace("T", " ")} UTC`;
  const note = `<p class="troubles" id="offline" role="alert"><strong>Offline: as of <time datetime="${at.toISOString()}">${time}</time>.</strong>
    The bot cannot be reached. This is what the page showed then; the bot may have traded since.</p>`;
  return html
    .replace(/<script\b[^>]*\bsrc="static\/(?!times\.js|phone\.js)[^>]*><\/script>/g, "")
    .replace(/\b[0-9a-f]{64}\b/g, "")
    .replace("<title>", "<title>Offline · ")
    .replace("<body", '<body class="offline"')
    .replace(/(<span id="link" class="link)(".*?>)connecting/, "$1 gone$2offline")
    .replace(/<main\b[^>]*>/, (begin) => begin + note);
}

async function lastView(url) {
  const views = await caches.open(VIEWS);
  const view = await views.match(url, { ignoreSearch: true });
  if (view && Date.now() - view.headers.get(KEPT_AT) > LONGEST) {
    await views.delete(url, { ignoreSearch: true });
    return undefined;
  }
  return view;
}

async function nothingKept(url) {
  const escaped = (text) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  const kept = await (await caches.open(VIEWS)).keys();
  const style = (await (await caches.open(FILES)).keys()).find((one) => one.url.includes("/static/dashboard.css?"));
  const links = kept.map((one) => {
    const { pathname, search } = new URL(one.url);
    return `<li><a href="${escaped(pathname + search)}">${escaped(pathname.slice(scope.length) || "Overview")}</a></li>`;
  });
  const others = links.length ? `<p>These pages can be shown as they were:</p><ul class="rows">${links.join("")}</ul>` : "";
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Offline</title>
    <meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
    ${style ? `<link rel="stylesheet" href="${escaped(style.url)}">` : ""}</head>
    <body class="offline"><main class="gate"><div class="card gate-card"><h1>Offline</h1>
    <p>The bot cannot be reached, and this page was not kept. <a href="${escaped(url)}">Try again</a>.</p>${others}</div></main></body></html>`;
  const csp = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
  return new Response(html, { status: 503, headers: { "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": csp } });
}

async function file(event) {
  const files = await caches.open(FILES);
  const had = await files.match(event.request);
  if (had) return had;
  const answer = await fetch(event.request);
  event.waitUntil(keepFile(files, event.request, answer.clone()));
  return answer;
}

// Only what never changes under its address; its earlier version goes.
async function keepFile(files, address, answer) {
  if (answer.status !== 200 || !answer.headers.get("Cache-Control")?.includes("immutable")) return;
  await files.delete(address, { ignoreSearch: true });
  await files.put(address, answer);
}

// The page that has brought this worker was there before it.
async function keepOpenPages() {
  for (const { url } of await clients.matchAll({ type: "window" })) {
    const before = forgotten;
    const answer = await fetch(url, { headers: { Accept: "text/html" } }).catch(() => null);
    if (answer?.headers.has(MARK) && !answer.redirected) await keep(url, answer, before);
  }
}

function forget() {
  forgotten += 1;
  return Promise.all([caches.delete(VIEWS), caches.delete(FILES)]);
}
