/* A form on its way to the server says so on its button, and is not sent again by a second press.
   The texts are the page's: data-sending of the form, to which the number of boxes chosen in it is added, or of the body. */
const labels = new Map(); /* what buttons of forms on their way said before */

function show(form, submitter) {
  const button = submitter?.matches(":not(.hidden)") ? submitter : form.querySelector("button:not(.hidden, .plain)") ?? submitter;
  if (!button) return;
  labels.set(button, [...button.childNodes]);
  const { sending } = form.dataset, chosen = form.querySelectorAll("[type=checkbox]:checked").length;
  button.replaceChildren(sending ? `${sending} ${chosen}…` : document.body.dataset.sending);
  button.setAttribute("aria-disabled", "true");
}

document.addEventListener("submit", event => {
  const form = event.target;
  if (event.defaultPrevented || form.getAttribute("method") !== "post") return;
  if ([...labels.keys()].some(button => form.contains(button))) event.preventDefault();
  else show(form, event.submitter);
});
document.addEventListener("sending", event => show(event.target)); /* by another script, which asked a passkey first */
/* Whoever comes back to the page finds it usable. */
addEventListener("pageshow", event => {
  if (!event.persisted) return;
  for (const [button, before] of labels) {
    button.replaceChildren(...before);
    button.removeAttribute("aria-disabled");
  }
  labels.clear();
});
