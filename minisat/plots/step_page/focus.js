"use strict";
// Why this number: one entry that is asked about, the entries that made it alight in their tensors, the sum in one line.

let asked = null;   // {key, flat}: the entry that one stays with
let trail = [];     // where one came from: [{frame, key, flat}]

const nameOf = (view, flat) => `${view.item.name}${view.tensor.shape.length ? `[${placeOf(view.tensor.shape, flat).join(",")}]` : ""}`;

function spoke(view, flat) {  // what the axes of an entry stand for
  const place = placeOf(view.tensor.shape, flat), { axes } = view.plan.shape;
  return axes.map((name, i) => {
    if (name === "V" && trace.words) return `“${trace.words[place[i]]}”`;
    if (name === "D" && trace.channels) return trace.channels[place[i]];
    if (name === "4H" || name === "3H") { const gates = GATES[view.item.class]; return gates ? `gate ${gates[Math.floor(place[i] / (view.tensor.shape[i] / gates.length))]}` : ""; }
    return "";
  }).filter(Boolean).join(", ");
}

function explain(view, flat, staying) {
  unlight();
  light(view, [flat], "here");
  const x = value(view.tensor, flat), words = spoke(view, flat);
  const blocks = view.plan.shape.style === "blocks";
  put($("why"), html`<p class="line"><b>${blocks ? `${view.item.name}, a block` : nameOf(view, flat)}</b> = ${blocks ? "" : brief(x, 9)} ${words ? html`<span class="muted">${words}</span>` : ""}</p>`);
}

function hint() {
  unlight();
  put($("why"), html`<p class="muted">Point at a number, or press <kbd>w</kbd>, to see what it is and what made it. <kbd>→</kbd> goes one call on, <kbd>t</kbd> to the other pass, <kbd>?</kbd> says the rest.</p>`);
}
