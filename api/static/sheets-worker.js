"use strict";
/* The last copy of an assessor's own sheets, shown when no server answers (docs/decisions/0072).

   Only pages that the server marks are copied, each with the files that it names. A copy is shown only while the browser
   has the cookie of that mark, which the server sets with the page and deletes at sign-out and at sign-in, and which ends
   with the session. Everything else goes to the network, and what the network answers is what is shown. */

const COPIES = "pca-sheets", PERMIT = "__Host-pca-ledger-copies", MARK = "Ledger-Copy", COPIED = "Ledger-Copied";
const SHEETS = /^\/console\/workshops\/[^/]+\/sheets$/, FILES = /(?:href|src)="(\/static\/[^"]+\.(?:css|js))"/g;
const PAGES = 4, CHARACTERS = 4_000_000, SECONDS = 20;

addEventListener("install", () => skipWaiting());
addEventListener("activate", event => event.waitUntil(clients.claim()));

addEventListener("fetch", event => {
  const { request } = event, { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate" && SHEETS.test(pathname)) event.respondWith(pageOf(event));
  else if (pathname.startsWith("/static/")) event.respondWith(fileOf(request));
});

/* A page that was loaded before this worker began asks for its copy. */
addEventListener("message", event => {
  const url = new URL(event.data, location.origin);
  if (url.origin === location.origin && SHEETS.test(url.pathname)) event.waitUntil(fetch(url).then(answer => keep(url.href, answer)));
});

async function pageOf(event) {
  const { request } = event;
  const answer = fetch(request).then(response => {
    event.waitUntil(keep(request.url, response.clone()));
    return response;
  });
  event.waitUntil(answer.catch(() => undefined));
  const silence = new Promise((_, reject) => setTimeout(reject, SECONDS * 1000));
  try { return await Promise.race([answer, silence]); } catch { return await copyOf(request.url) ?? answer; }
}

/* Files never change under their address. */
async function fileOf(request) {
  return await caches.match(request, { cacheName: COPIES }) ?? fetch(request);
}

/* Keeps a marked page. Whatever else the server answers, but that it is out of order, ends all copies. */
async function keep(url, response) {
  const holder = response.headers.get(MARK);
  if (response.status >= 500) return;
  if (!holder) { await caches.delete(COPIES); return; }
  const text = await response.text(), files = [...text.matchAll(FILES)].map(match => match[1]);
  if (text.length > CHARACTERS) return;
  const copies = await caches.open(COPIES), known = await copies.keys();
  const pages = known.filter(request => SHEETS.test(new URL(request.url).pathname));
  const others = await Promise.all(pages.map(async page => (await copies.match(page))?.headers.get(MARK) !== holder));
  const addresses = known.map(request => new URL(request.url).pathname);
  if (others.includes(true) || !files.every(file => addresses.includes(file))) { /* of another session, or another version */
    await Promise.all(known.map(request => copies.delete(request)));
    pages.length = 0;
    await copies.addAll([...new Set(files)]);
  }
  const headers = new Headers(response.headers);
  headers.set(COPIED, String(Date.now()));
  await copies.put(url, new Response(text, { headers }));
  const older = pages.filter(page => page.url !== url);
  await Promise.all(older.slice(0, Math.max(0, older.length + 1 - PAGES)).map(page => copies.delete(page)));
}

async function copyOf(url) {
  const copies = await caches.open(COPIES);
  const copy = await copies.match(url) ?? await copies.match(url, { ignoreSearch: true });
  if (!copy) return undefined;
  if ((await cookieStore.get(PERMIT))?.value !== copy.headers.get(MARK)) { await caches.delete(COPIES); return undefined; }
  const clock = new Date(Number(copy.headers.get(COPIED))).toTimeString().slice(0, 5);
  const text = (await copy.text()).replace("data-copy hidden", "data-copy").replace("--:--", clock);
  return new Response(text, { headers: copy.headers });
}
