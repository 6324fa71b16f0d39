// Niceties for browsers with scripts: hide a card without loading the page again, and print. Nothing depends on it.
"use strict";

const words = document.getElementById("page-words");

function note(text, undo) {
  const place = document.getElementById("note");
  const made = document.getElementById("note-template").content.cloneNode(true);
  made.querySelector("p").textContent = text;
  if (undo) made.querySelector(".note").append(undo);
  place.replaceChildren(made);
}

function undoForm(service) {
  const form = document.createElement("form");
  form.method = "post";
  form.action = "/feedback";
  for (const [name, value] of [["service", service], ["action", "restored"]]) {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name, value });
    form.append(field);
  }
  const button = document.createElement("button");
  button.className = "button quiet";
  button.textContent = words.dataset.undo;
  form.append(button);
  return form;
}

async function hide(event) {
  const form = event.target;
  const action = form.dataset.action;
  const card = form.closest(".offer");
  if (!card || (action !== "dismissed" && action !== "done")) return;
  event.preventDefault();
  const service = form.elements.service.value;
  const body = new URLSearchParams({ service, action });
  const answer = await fetch("/feedback", { method: "POST", body, headers: { "X-Requested-With": "page" } }).catch(() => null);
  if (!answer || answer.status !== 204) {
    location.reload();
    return;
  }
  const name = card.querySelector("h3").textContent;
  const next = card.nextElementSibling || card.previousElementSibling;
  card.remove();
  const count = document.querySelector('.glance a[href="#for-you"] strong');
  if (count) count.textContent = String(document.querySelectorAll(".offer").length);
  note(words.dataset[action].replace("{name}", name), action === "dismissed" ? undoForm(service) : null);
  const heading = next && next.querySelector("h3");
  if (heading) {
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
  }
}

if (words) document.addEventListener("submit", hide);

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
