"use strict";
/* A page without this script has a form like any other. It takes what is dropped on it or pasted, and sends it. */
const form = document.querySelector("form.drop"), file = form.elements.namedItem("file"), text = form.elements.namedItem("text");
form.classList.add("ready");

function take(files) {
  file.files = files;
  form.requestSubmit();
}
form.addEventListener("dragover", event => { event.preventDefault(); form.classList.add("over"); });
form.addEventListener("dragleave", () => form.classList.remove("over"));
form.addEventListener("drop", event => {
  event.preventDefault();
  form.classList.remove("over");
  if (event.dataTransfer.files.length) take(event.dataTransfer.files);
  else if (text) text.value = event.dataTransfer.getData("text");
});
/* Outside the form, a browser would open the file in place of the page. */
for (const kind of ["dragover", "drop"]) addEventListener(kind, event => event.preventDefault());
document.addEventListener("paste", event => {
  if (!event.clipboardData.files.length) return; /* text goes where the cursor is */
  event.preventDefault();
  take(event.clipboardData.files);
});
