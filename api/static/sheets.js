"use strict";
/* Score sheets are kept in the browser while the connection is away, and sent once it is back: never lost, never doubled.

   What was saved is kept in localStorage under "pca-sheets PERSON SESSION CANDIDACY.ACTIVITY", one sheet for each, as
   {key, title, levels, action, fields, refused, code}: `fields` are what the form sends, but for the key, `levels` say
   them. The key is made once for each sheet as it is, and the server files nothing twice under it. Of what the server
   has, {number, fields} stays until the sheets are loaded from the server again: for another window whose form does not
   know it, and for a copy of the page that is older. Only one window sends at a time, from any page of the console, and
   only what the person kept who is signed in there. What the rules refuse is kept with their reason until it is saved
   anew or discarded; what was saved elsewhere meanwhile, until its person has seen both and chosen.
   Whoever signs out is asked about what was not sent, and it is removed. All texts are the page's. */

const PREFIX = "pca-sheets", SECONDS = 20, SHORTEST = 2, LONGEST = 60, LATER = [408, 429], ELSEWHERE = "saved-elsewhere";
const COPIES = "pca-sheets", PERMIT = "__Host-pca-ledger-copies"; /* as in sheets-worker.js */
const WORKER = "/console/sheets-worker.js";

const prefixOf = (...parts) => [PREFIX, ...parts, ""].join(" ");
const namesUnder = prefix => Object.keys(localStorage).filter(name => name.startsWith(prefix)).sort();
const read = name => JSON.parse(localStorage.getItem(name) ?? "null");
const write = (name, entry) => localStorage.setItem(name, JSON.stringify(entry));
const isUnsent = name => Boolean(read(name)?.key);
const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map(byte => byte.toString(16).padStart(2, "0")).join("");
const replaced = (fields, number) => fields.map(([name, value]) => [name, name === "instead_of" ? String(number) : value]);
const loadAgain = () => location.replace(location.pathname + location.search);

function element(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

/* What one person keeps, on any page of the console: sends it, and shows in `list` what is not sent. */
class Kept {
  #delay = SHORTEST;
  #timer = 0;
  #isSignedOut = false;

  constructor(list) {
    this.list = list;
    this.texts = list.dataset;
    this.prefix = prefixOf(this.texts.person);
    this.shown = () => undefined; /* what else a page shows */
    addEventListener("online", () => { this.#delay = SHORTEST; this.send(); });
    addEventListener("storage", event => { if (event.key === null || event.key.startsWith(this.prefix)) this.show(); });
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.send(); });
  }

  unsent() { return namesUnder(this.prefix).filter(isUnsent); }

  stateOf(entry) { return entry.number ? this.texts.sent : entry.refused ? `${this.texts.refused} ${entry.refused}` : this.texts.kept; }

  /* Sends what is kept, one after the other; another window that sends already does it for this one. */
  async send() {
    clearTimeout(this.#timer);
    const toSend = () => this.unsent().filter(name => !read(name).refused);
    const sending = async lock => { if (lock !== null) for (const name of toSend()) await this.sendOne(name); };
    try {
      if (toSend().length) await (navigator.locks ? navigator.locks.request(this.prefix, { ifAvailable: true }, sending) : sending());
      this.#delay = SHORTEST;
    } catch { /* the connection is away, or the server cannot answer now */ }
    this.show();
    if (toSend().length) {
      this.#timer = setTimeout(() => this.send(), this.#delay * 1000);
      this.#delay = Math.min(2 * this.#delay, LONGEST);
    }
  }

  async sendOne(name) {
    const entry = read(name);
    if (!entry?.key) return;
    const body = new URLSearchParams([...entry.fields, ["key", entry.key]]);
    const options = { method: "POST", headers: { Accept: "application/json" }, body, signal: AbortSignal.timeout(SECONDS * 1000) };
    const response = await fetch(entry.action, options);
    this.#isSignedOut = response.status === 401;
    if (this.#isSignedOut || response.status >= 500 || LATER.includes(response.status)) throw new Error(String(response.status));
    const answer = await response.json(), now = read(name);
    if (now?.key !== entry.key) { /* saved anew meanwhile: that one takes the place of what was sent */
      if (response.ok && now?.key) {
        write(name, { ...now, fields: replaced(now.fields, answer.number) });
        await this.sendOne(name);
      }
    } else if (response.ok) write(name, { number: answer.number, fields: entry.fields });
    else write(name, { ...entry, refused: answer.detail || String(response.status), code: answer.code });
  }

  /* Asks the server for both sheets beside each other, if it still refuses this one. */
  async compare(name) {
    try { await this.sendOne(name); } catch { this.show(); return; }
    this.show();
    const entry = read(name);
    if (entry?.code !== ELSEWHERE) return;
    const inputs = [...entry.fields, ["key", entry.key]].map(([field, value]) => element("input", { type: "hidden", name: field, value }));
    const form = element("form", { method: "post", action: entry.action, hidden: true }, ...inputs);
    document.body.append(form);
    form.submit();
  }

  show() {
    const names = this.unsent(), focused = document.activeElement?.dataset?.about;
    const open = Boolean(this.list.querySelector("details")?.open) || names.some(name => read(name).refused);
    const summary = element("summary", { textContent: `${this.texts.waiting} ${names.length}` });
    const listed = element("ul", {}, ...names.map(name => this.#item(name)));
    this.list.replaceChildren(...this.#toSignIn(), element("details", { open }, summary, listed));
    this.list.hidden = names.length === 0;
    if (focused) [...this.list.querySelectorAll("button")].find(button => button.dataset.about === focused)?.focus();
    this.shown(names);
  }

  #toSignIn() {
    if (!this.#isSignedOut) return [];
    const href = `/console/sign-in?next=${encodeURIComponent(location.pathname)}`;
    return [element("p", {}, `${this.texts.signIn} `, element("a", { href, textContent: this.texts.signInLink }))];
  }

  #item(name) {
    const entry = read(name), href = `${entry.action}#${name.slice(name.lastIndexOf(" ") + 1)}`;
    const item = element("li", {}, element("a", { href, textContent: entry.title }), ` (${this.stateOf(entry)}) ${entry.levels} `);
    const button = (textContent, act) => {
      const made = element("button", { type: "button", className: "plain", textContent });
      made.dataset.about = `${textContent} ${name}`;
      made.addEventListener("click", act);
      item.append(made, " ");
    };
    if (entry.code === ELSEWHERE) button(this.texts.compare, () => this.compare(name));
    else if (entry.refused) button(this.texts.discard, () => { localStorage.removeItem(name); loadAgain(); });
    return item;
  }
}

/* The page of one workshop's sheets. */
function fillIn(page, kept) {
  const texts = page.dataset, prefix = prefixOf(kept.texts.person, texts.session);
  const isCopy = !page.querySelector("[data-copy]").hidden;
  const forms = new Map([...page.querySelectorAll("form[data-sheet]")].map(form => [prefix + form.dataset.sheet, form]));
  const chosen = form => [...form.querySelectorAll("input[type=radio]:checked")];

  /* The next sheet on which nothing is saved; after the last one, the first. */
  function following(form) {
    const all = [...forms.values()], place = all.indexOf(form);
    const isToDo = each => !each.elements.instead_of.value && !read(prefix + each.dataset.sheet);
    return [...all.slice(place + 1), ...all.slice(0, place)].find(isToDo);
  }

  /* A sheet takes the place of the one on which it builds: what another window sent, or as what is kept already does. */
  function fieldsOf(form) {
    const fields = [...new FormData(form)].filter(([name]) => name !== "key");
    const before = read(prefix + form.dataset.sheet);
    if (!before || ("compares" in form.dataset && before.code === ELSEWHERE)) return fields;
    return replaced(fields, before.number ?? before.fields.find(([name]) => name === "instead_of")[1]);
  }

  function inWords(form) {
    const one = scale => {
      const level = scale.querySelector(":checked")?.value;
      return `${scale.querySelector("legend").textContent} ${level || texts.notObserved}`;
    };
    return [...form.querySelectorAll(".scale")].map(one).join(", ");
  }

  /* Keeps a sheet; false when the browser has no room, or may not. */
  function keep(form) {
    const { sheet, title } = form.dataset, action = form.getAttribute("action");
    try { write(prefix + sheet, { key: newKey(), title, levels: inWords(form), action, fields: fieldsOf(form) }); } catch { return false; }
    return true;
  }

  function show(unsent) {
    for (const [name, form] of forms) {
      const entry = read(name);
      if (!entry) continue;
      form.closest("section").querySelector("[data-state]").textContent = kept.stateOf(entry);
      const said = entry.refused ? kept.texts.refused : kept.stateOf(entry);
      for (const link of page.querySelectorAll(".queue td a")) if (link.hash === `#${form.dataset.sheet}`) link.firstChild.textContent = said;
    }
    for (const count of page.querySelectorAll("[data-unsent-count]")) count.textContent = unsent.length ? `${texts.count} ${unsent.length}` : "";
  }

  /* What is kept is in the forms again after a reload. What the server has is in the page, unless that is a copy; what was
     saved elsewhere stays there until it is compared. */
  function restore() {
    for (const name of namesUnder(prefix)) {
      const entry = read(name), form = forms.get(name);
      if (entry.number && !isCopy) localStorage.removeItem(name);
      else if (form && entry.code !== ELSEWHERE) for (const [field, value] of entry.fields) {
        const input = [...form.querySelectorAll("input[type=radio]")].find(each => each.name === field && each.value === value);
        if (input) input.checked = true;
      }
    }
  }

  for (const form of forms.values()) {
    form.addEventListener("submit", event => {
      const first = form.querySelector("input[type=radio]");
      first.setCustomValidity(chosen(form).some(input => input.value) ? "" : texts.nothing);
      if (!form.reportValidity()) { event.preventDefault(); return; }
      if (!keep(form)) { /* sent as any form, if there is a connection */
        if (navigator.onLine) return;
        event.preventDefault();
        alert(texts.noRoom);
        return;
      }
      event.preventDefault();
      location.hash = following(form)?.dataset.sheet ?? "queue";
      kept.show();
      kept.send();
    });
    form.addEventListener("change", () => form.querySelector("input[type=radio]").setCustomValidity(""));
  }
  for (const form of page.querySelectorAll("form[data-keeps-saved]")) {
    form.addEventListener("submit", () => localStorage.removeItem(prefix + form.dataset.keepsSaved));
  }

  /* A digit chooses a level where the focus is, or in the first competency without one, and goes on. */
  document.addEventListener("keydown", event => {
    if (event.ctrlKey || event.altKey || event.metaKey || !/^[0-9]$/.test(event.key)) return;
    const form = page.querySelector(".sheet:target form[data-sheet]");
    if (!form || event.target.closest?.("textarea, select, input:not([type=radio])")) return;
    const scales = [...form.querySelectorAll(".scale")];
    const scale = event.target.closest?.(".scale") ?? scales.find(each => !each.querySelector(":checked")) ?? scales[0];
    const input = [...scale.querySelectorAll("input")].find(each => each.value === event.key);
    if (!input) return;
    event.preventDefault();
    input.click();
    const following = scales[scales.indexOf(scale) + 1];
    (following ? following.querySelector(":checked") ?? following.querySelector("input") : form.querySelector("button")).focus();
  });
  addEventListener("hashchange", () => {
    const sheet = page.querySelector(".sheet:target");
    if (sheet && !sheet.contains(document.activeElement)) sheet.focus(); /* whoever types already is not interrupted */
  });
  addEventListener("pageshow", event => { if (event.persisted) loadAgain(); });
  kept.shown = show;
  restore();
}

/* Copies of the sheets, which a worker shows when no server answers, while the browser has the cookie of their session. */
const copies = {
  areMade: "cookieStore" in globalThis && "serviceWorker" in navigator && "caches" in globalThis,

  async forget() {
    if (!this.areMade) return;
    await cookieStore.delete({ name: PERMIT, path: "/" }).catch(() => undefined);
    await caches.delete(COPIES);
  },

  async forgetUnlessPermitted() { if (this.areMade && !await cookieStore.get(PERMIT)) await caches.delete(COPIES); },

  async make() {
    if (!this.areMade) return;
    const isUnseen = !navigator.serviceWorker.controller;
    try { await navigator.serviceWorker.register(WORKER, { scope: location.pathname }); } catch { return; }
    const { active } = await navigator.serviceWorker.ready;
    if (isUnseen) active.postMessage(location.pathname + location.search);
  },
};

const list = document.querySelector("[data-kept-list]"), own = list ? prefixOf(list.dataset.person) : "";
for (const name of namesUnder(prefixOf())) if (!(own && name.startsWith(own)) && !isUnsent(name)) localStorage.removeItem(name); /* levels of others */
if (list) {
  const kept = new Kept(list), page = document.querySelector("[data-sheets]"), leaving = document.querySelector("form[data-unsent]");
  if (page) fillIn(page, kept);
  (page ? copies.make() : copies.forgetUnlessPermitted()).catch(() => undefined);
  kept.show();
  kept.send();
  leaving.addEventListener("submit", async event => {
    event.preventDefault();
    try {
      await kept.send();
      if (kept.unsent().length && !confirm(leaving.dataset.unsent)) return;
      for (const name of namesUnder(own)) localStorage.removeItem(name);
      await copies.forget();
    } catch { /* whatever fails: who wants to sign out signs out */ }
    leaving.submit();
  });
} else copies.forget().catch(() => undefined); /* nobody is signed in */
