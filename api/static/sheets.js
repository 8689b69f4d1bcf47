"use strict";
/* Score sheets are kept in the browser while the connection is away, and sent once it is back: never lost, never doubled.

   What was saved is kept in localStorage under "pca-sheets PERSON SESSION CANDIDACY.ACTIVITY", one sheet for each, as
   {key, title, action, fields, refused}: `fields` are the levels and all else that the form sends, but for the key. The key
   is made once for each sheet as it is, and the server files nothing twice under it. What the server has is removed at
   once; its number is kept instead until the page is loaded again, for another window whose form does not know it.
   Only one window sends at a time. What the rules refuse is kept with their reason until it is saved anew or discarded.
   Whoever signs out is asked about what was not sent, on every page of the console, and it is removed.
   All texts are the page's. */

const PREFIX = "pca-sheets", SECONDS = 20, SHORTEST = 2, LONGEST = 60;
const LATER = [408, 429];

const prefixOf = (...parts) => [PREFIX, ...parts, ""].join(" ");
const namesUnder = prefix => Object.keys(localStorage).filter(name => name.startsWith(prefix)).sort();
const read = name => JSON.parse(localStorage.getItem(name) ?? "null");
const isUnsent = name => Boolean(read(name)?.key);
const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map(byte => byte.toString(16).padStart(2, "0")).join("");

/* One page: what it keeps, sends and shows. */
function keep(page) {
  const texts = page.dataset, prefix = prefixOf(texts.person, texts.session);
  const forms = new Map([...page.querySelectorAll("form[data-sheet]")].map(form => [prefix + form.dataset.sheet, form]));
  let delay = SHORTEST, timer = 0, isSignedOut = false;

  const unsent = () => namesUnder(prefix).filter(isUnsent);
  const formLevels = form => [...form.querySelectorAll("input[type=radio]:checked")];

  /* The next sheet on which nothing is saved; after the last one, the first. */
  function following(form) {
    const all = [...forms.values()], place = all.indexOf(form);
    const isToDo = each => !each.elements.instead_of.value && !read(prefix + each.dataset.sheet);
    return [...all.slice(place + 1), ...all.slice(0, place)].find(isToDo);
  }

  function fieldsOf(form) {
    const fields = [...new FormData(form)].filter(([name]) => name !== "key");
    const sent = read(prefix + form.dataset.sheet); /* by another window, or edited before its answer came */
    return fields.map(([name, value]) => [name, name === "instead_of" && sent?.number ? String(sent.number) : value]);
  }

  /* Keeps a sheet; false when the browser has no room, or may not. */
  function kept(form) {
    const entry = { key: newKey(), title: form.dataset.title, action: form.getAttribute("action"), fields: fieldsOf(form) };
    try { localStorage.setItem(prefix + form.dataset.sheet, JSON.stringify(entry)); } catch { return false; }
    return true;
  }

  /* Sends what is kept, one after the other; another window that sends already does it for this one. */
  async function send() {
    clearTimeout(timer);
    const sending = async lock => { if (lock !== null) for (const name of unsent()) if (!read(name)?.refused) await sendOne(name); };
    try {
      await (navigator.locks ? navigator.locks.request(prefix, { ifAvailable: true }, sending) : sending());
      delay = SHORTEST;
    } catch { /* the connection is away, or the server cannot answer now */ }
    show();
    if (unsent().some(name => !read(name)?.refused)) {
      timer = setTimeout(send, delay * 1000);
      delay = Math.min(2 * delay, LONGEST);
    }
  }

  async function sendOne(name) {
    const entry = read(name);
    if (!entry?.key) return;
    const body = new URLSearchParams([...entry.fields, ["key", entry.key]]);
    const options = { method: "POST", headers: { Accept: "application/json" }, body, signal: AbortSignal.timeout(SECONDS * 1000) };
    const response = await fetch(entry.action, options);
    isSignedOut = response.status === 401;
    if (isSignedOut || response.status >= 500 || LATER.includes(response.status)) throw new Error(String(response.status));
    const answer = await response.json(), now = read(name);
    if (now?.key !== entry.key) { /* saved anew meanwhile: that one takes the place of what was sent */
      if (response.ok && now?.key) {
        now.fields = now.fields.map(([field, value]) => [field, field === "instead_of" ? String(answer.number) : value]);
        localStorage.setItem(name, JSON.stringify(now));
        await sendOne(name);
      }
    } else if (response.ok) localStorage.setItem(name, JSON.stringify({ number: answer.number }));
    else localStorage.setItem(name, JSON.stringify({ ...entry, refused: answer.detail || String(response.status) }));
  }

  const stateOf = entry => (entry.number ? texts.sent : entry.refused ? `${texts.refused} ${entry.refused}` : texts.kept);

  function show() {
    for (const [name, form] of forms) {
      const entry = read(name);
      if (!entry) continue;
      const section = form.closest("section"), links = document.querySelectorAll(`.queue a[href="#${CSS.escape(form.dataset.sheet)}"], .queue a[href="#${form.dataset.sheet}"]`);
      section.querySelector("[data-state]").textContent = stateOf(entry);
      for (const link of links) link.firstChild.textContent = entry.refused ? texts.refused : stateOf(entry);
    }
    const names = unsent();
    for (const count of page.querySelectorAll("[data-unsent-count]")) count.textContent = names.length ? `${texts.count} ${names.length}` : "";
    const list = page.querySelector("[data-kept-list]"), focused = document.activeElement?.dataset?.discards;
    list.replaceChildren();
    list.hidden = names.length === 0;
    if (list.hidden) return;
    const said = document.createElement("p");
    said.textContent = isSignedOut ? `${texts.signIn} ` : texts.waiting;
    if (isSignedOut) {
      const link = document.createElement("a");
      link.href = `/console/sign-in?next=${encodeURIComponent(location.pathname)}`;
      link.textContent = texts.signInLink;
      said.append(link);
    }
    const items = document.createElement("ul");
    for (const name of names) {
      const entry = read(name), item = document.createElement("li");
      item.textContent = `${entry.title} (${stateOf(entry)}) `;
      if (entry.refused) {
        const button = document.createElement("button");
        button.type = "button";
        button.className = "plain";
        button.textContent = texts.discard;
        button.dataset.discards = name;
        button.addEventListener("click", () => { localStorage.removeItem(name); location.reload(); });
        item.append(button);
      }
      items.append(item);
    }
    list.append(said, items);
    if (focused) [...list.querySelectorAll("button")].find(button => button.dataset.discards === focused)?.focus();
  }

  /* What is kept is in the forms again after a reload; numbers are in the page that was just loaded. */
  function restore() {
    for (const name of namesUnder(prefix)) {
      const entry = read(name), form = forms.get(name);
      if (!entry?.key) localStorage.removeItem(name);
      else if (form) for (const [field, value] of entry.fields) {
        const input = [...form.querySelectorAll("input[type=radio]")].find(each => each.name === field && each.value === value);
        if (input) input.checked = true;
      }
    }
  }

  for (const form of forms.values()) {
    form.addEventListener("submit", event => {
      const first = form.querySelector("input[type=radio]");
      first.setCustomValidity(formLevels(form).some(input => input.value) ? "" : texts.nothing);
      if (!form.reportValidity()) { event.preventDefault(); return; }
      if (!kept(form)) { /* sent as any form, if there is a connection */
        if (navigator.onLine) return;
        event.preventDefault();
        alert(texts.noRoom);
        return;
      }
      event.preventDefault();
      location.hash = following(form)?.dataset.sheet ?? "queue";
      show();
      send();
    });
    form.addEventListener("change", () => form.querySelector("input[type=radio]").setCustomValidity(""));
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

  addEventListener("online", () => { delay = SHORTEST; send(); });
  addEventListener("storage", event => { if (event.key === null || event.key.startsWith(prefix)) show(); });
  addEventListener("pageshow", event => { if (event.persisted) location.reload(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) send(); });
  restore();
  send();
  return send;
}

const page = document.querySelector("[data-sheets]"), sendAll = page ? keep(page) : async () => undefined;

const leaving = document.querySelector("form[data-unsent]");
leaving?.addEventListener("submit", async event => {
  const prefix = prefixOf(leaving.dataset.person);
  if (namesUnder(prefix).length === 0) return;
  event.preventDefault();
  await sendAll();
  if (namesUnder(prefix).some(isUnsent) && !confirm(leaving.dataset.unsent)) return;
  for (const name of namesUnder(prefix)) localStorage.removeItem(name);
  leaving.submit();
});
