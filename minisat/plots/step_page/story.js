"use strict";
// The story: a dozen stops of a few sentences, from the photo's places to the updated weight and the loss after it.

let level = "layers",
  stop = 0;

const story = () => (trace.story ?? []).filter(told => frames[told.frame]);

function tell(i) {
  const told = story()[Math.max(0, Math.min(i, story().length - 1))];
  if (!told) return;
  stop = story().indexOf(told);
  level = "story";
  if (told.t !== null) moment = told.t;
  go(told.frame, true);
}

function storyHead() {
  const told = story()[stop],
    words = told.text;
  return html`<h2>${told.title}</h2><span class="dots">${story().map((other, i) => html`<button data-tell="${i}"
    class="${i === stop ? "on" : i < stop ? "past" : ""}" title="${i + 1}. ${other.title}" aria-label="${i + 1}. ${
      other.title}"></button>`)}</span>
    <span class="chip">${stop + 1} of ${story().length}</span><p class="sentence">${words}</p>`;
}

function dimmed() {
  // what a stop is not about steps back
  const wanted = level === "story" ? story()[stop].show : [],
    is = view => wanted.includes(view.item.name) || wanted.includes(view.item.label);
  const some = [...views.values()].some(is);
  for (const view of views.values()) view.element.classList.toggle("dim", some && !is(view));
}
