"use strict";
// The search: for each word of the book the sections that have it, made when the page opens. No network.
const SHOWN = 40, AROUND = 110;  // results, letters on either side of what was found
const { pages, sections } = JSON.parse(document.getElementById("texts").textContent);
const wordsOf = text => text.toLowerCase().normalize("NFKC").match(/[\p{L}\p{N}_]+/gu) ?? [];
const index = new Map();  // word → Map of section → weight: how often it is there, headings ten times

sections.forEach(([file, , heading, text], i) => {
  const count = (words, weight) => words.forEach(word => {
    if (!index.has(word)) index.set(word, new Map());
    index.get(word).set(i, (index.get(word).get(i) ?? 0) + weight);
  });
  count(wordsOf(text), 1);
  count(wordsOf(heading), 10);
  count(wordsOf(pages[file][1]), sections[i][1] ? 1 : 15);
});
const vocabulary = [...index.keys()].sort();

function beginning(prefix) {  // the words that begin so
  let low = 0, high = vocabulary.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (vocabulary[middle] < prefix) low = middle + 1; else high = middle;
  }
  const found = [];
  while (low < vocabulary.length && vocabulary[low].startsWith(prefix)) found.push(vocabulary[low++]);
  return found;
}

function search(asked) {  // sections that have every word, or words that begin so; the best first
  const scores = wordsOf(asked).map(word => {
    const found = new Map();
    for (const each of beginning(word)) {
      const rare = Math.log(1 + sections.length / index.get(each).size), exact = each === word ? 1 : 0.4;
      for (const [i, weight] of index.get(each)) found.set(i, (found.get(i) ?? 0) + exact * rare * (1 + Math.log(weight)));
    }
    return found;
  });
  if (!scores.length) return [];
  const all = [...scores[0].keys()].filter(i => scores.every(found => found.has(i)));
  const score = new Map(all.map(i => [i, scores.reduce((sum, found) => sum + found.get(i), 0)]));
  return all.sort((a, b) => score.get(b) - score.get(a) || a - b);
}

function element(name, text, ...children) {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  made.append(...children);
  return made;
}

function excerpt(text, words) {  // what stands around the first of the words, and all of them marked
  const flat = text.replace(/\s+/g, " "), low = flat.toLowerCase();
  const places = words.map(word => low.indexOf(word)).filter(place => place >= 0);
  const first = places.length ? Math.min(...places) : 0, begin = Math.max(0, first - AROUND);
  let rest = flat.slice(begin, first + 2 * AROUND);
  const made = element("p", begin ? "… " : "");
  while (rest) {
    const next = words.map(word => [rest.toLowerCase().indexOf(word), word.length]).filter(([place]) => place >= 0)
      .sort((a, b) => a[0] - b[0] || b[1] - a[1])[0];
    if (!next) break;
    made.append(rest.slice(0, next[0]), element("mark", rest.slice(next[0], next[0] + next[1])));
    rest = rest.slice(next[0] + next[1]);
  }
  made.append(rest, " …");
  return made;
}

function show(asked) {
  const found = search(asked), words = wordsOf(asked), list = document.getElementById("found");
  list.replaceChildren(...found.slice(0, SHOWN).map(i => {
    const [file, anchor, heading, text] = sections[i], [label, title, language] = pages[file];
    const link = element("a", heading || title);
    link.href = anchor ? `${file}#${anchor}` : file;
    const row = element("li", "", link, element("small", [label, title].filter(Boolean).join(" · ")), excerpt(text, words));
    row.lang = language;
    return row;
  }));
  document.getElementById("count").textContent = !words.length ? "" : found.length === 0 ? "Nothing has all of these words."
    : `${found.length} ${found.length === 1 ? "section" : "sections"}${found.length > SHOWN ? `, the best ${SHOWN} of them` : ""}`;
}

function asked() {
  box.value = decodeURIComponent(location.hash.slice(1));
  show(box.value);
}
box.oninput = () => {
  history.replaceState(null, "", `#${encodeURIComponent(box.value)}`);
  show(box.value);
};
addEventListener("hashchange", asked);
asked();
box.focus();
