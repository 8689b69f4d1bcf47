"use strict";
/* A form with data-passkey ("sign-in", "sign" or "enrol") is sent with what a passkey answers.

   Its fields go to the address in data-begin, which answers with what to ask, {"publicKey": …}, or with a problem document.
   What the passkey answers goes into the field "credential", and the form is sent as any other, after an event "sending".
   All texts are the page's: data-busy on the button while it lasts; data-unsupported, data-unreachable and data-failed; and one
   by the name of each error that a browser gives, as data-not-allowed-error. They are said in the element with data-passkey-error.

   Options are read and answers are written here: browsers before 2025 lack parseRequestOptionsFromJSON and toJSON, and the
   toJSON of some password managers fails. */

const bytes = text => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), c => c.charCodeAt(0));
const text = buffer => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

class Refused extends Error {} /* its message is for the person */

/* What to ask, by the server. */
async function begun(form) {
  let response, body;
  try {
    const fields = new URLSearchParams(new FormData(form));
    response = await fetch(form.dataset.begin, { method: "POST", headers: { Accept: "application/json" }, body: fields });
    body = await response.json();
  } catch { throw new Refused(form.dataset.unreachable); }
  if (!response.ok) throw new Refused(body.detail || form.dataset.failed);
  return body.publicKey;
}

function read(options) {
  const verification = (options.authenticatorSelection ?? options).userVerification;
  if (verification !== "required") throw new TypeError("userVerification: expected required");
  const known = list => (list ?? []).map(credential => ({ ...credential, id: bytes(credential.id) }));
  const found = { ...options, challenge: bytes(options.challenge) };
  if (options.user) return { ...found, user: { ...options.user, id: bytes(options.user.id) }, excludeCredentials: known(options.excludeCredentials) };
  return { ...found, allowCredentials: known(options.allowCredentials) };
}

function written({ id, rawId, type, authenticatorAttachment, response }) {
  const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"].filter(name => response[name]);
  const answer = Object.fromEntries(parts.map(name => [name, text(response[name])]));
  if (response.getTransports) answer.transports = response.getTransports();
  return JSON.stringify({ id, rawId: text(rawId), type, authenticatorAttachment, clientExtensionResults: {}, response: answer });
}

async function answered(form) {
  if (!window.PublicKeyCredential) throw new Refused(form.dataset.unsupported);
  const isNew = form.dataset.passkey === "enrol", publicKey = read(await begun(form));
  return written(await navigator.credentials[isNew ? "create" : "get"]({ publicKey }));
}

/* In words of the page, with the browser's name of an error that it does not know. */
function said(form, error) {
  if (error instanceof Refused) return error.message;
  return form.dataset[error.name[0].toLowerCase() + error.name.slice(1)] ?? `${form.dataset.failed} (${error.name})`;
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const button = [...form.elements].find(element => element.type === "submit"), alert = form.querySelector("[data-passkey-error]");
  const label = button.textContent;
  const show = (isBusy, message = "") => {
    button.disabled = isBusy;
    button.textContent = isBusy ? form.dataset.busy : label;
    alert.textContent = message;
    alert.hidden = !message;
  };
  form.addEventListener("submit", async event => {
    event.preventDefault();
    if (button.disabled) return;
    show(true);
    try {
      form.elements.namedItem("credential").value = await answered(form);
      form.dispatchEvent(new CustomEvent("sending", { bubbles: true }));
      form.submit();
    } catch (error) {
      show(false, said(form, error));
      button.focus();
    }
  });
  /* Whoever comes back to the page finds it usable. */
  addEventListener("pageshow", event => { if (event.persisted) show(false); });
}
