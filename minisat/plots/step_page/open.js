"use strict";
// A recording becomes the page: the one that stands in it, or a file that is dropped on it.

addEventListener("dragover", event => {
  event.preventDefault();
  document.body.classList.add("dropping");
});
addEventListener("dragleave", () => document.body.classList.remove("dropping"));
addEventListener("drop", async event => {
  event.preventDefault();
  document.body.classList.remove("dropping");
  const file = event.dataTransfer.files[0];
  if (file) await drop(await file.text(), file.name);
});

async function drop(text, name) {
  let found = null;
  try {
    found = JSON.parse(text);
  } catch {
    /* said below */
  }
  const damage = damageOf(found);
  if (damage) {
    put($("why"), html`<p><b class="red">${name} is not shown.</b> ${damage}</p>`);
    return;
  }
  await begin(found, name);
}

async function begin(found, name) {
  await take(found);
  here = 0;
  photo = 0;
  moment = null;
  asked = null;
  opened = null;
  trail = [];
  slid = {};
  quiz = null;
  stop = 0;
  level = "layers";
  if (name) document.querySelector("h1").textContent = document.title = name;
  shown = frames.map(frame => frame.index);
  layStrip();
  facts();
  document.querySelector("[data-key=n]").hidden = !born;
  list();
  if (name) remember("#");
  arrive();
  document.body.dataset.ready = "yes";
}

begin(JSON.parse($("trace").textContent));
