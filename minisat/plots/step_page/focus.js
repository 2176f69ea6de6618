"use strict";
// Why this number: one entry that is asked about, the entries that made it alight in their tensors, the sum in a line.

let asked = null; // {key, flat}: the entry that one stays with
let trail = []; // where one came from: [{frame, key, flat, photo}]

const nameOf = (view, flat) =>
  `${view.item.label}${view.tensor.shape.length ? `[${placeOf(view.tensor.shape, flat).join(",")}]` : ""}`;
const flatOf = (shape, place) => place.reduce((flat, i, k) => flat * shape[k] + i, 0);
const frameOf = item => {
  const { forward, backward } = bothOf(frames[here]);
  return item.side === "right" ? backward : (forward ?? backward);
};

function spoke(view, flat) {
  // what the axes of an entry stand for
  const place = placeOf(view.tensor.shape, flat),
    { axes } = view.plan.shape;
  return axes
    .map((name, i) => {
      if (name === "V" && trace.words) return `word “${trace.words[place[i]]}”`;
      if (name === "D" && trace.channels) return trace.channels[place[i]];
      if (name === "N" && captions.length > 1) return `photo ${place[i] + 1}`;
      if (name === "L" && gridOf(view.tensor.shape[i])) {
        const columns = gridOf(view.tensor.shape[i])[1][0];
        return `row ${Math.floor(place[i] / columns) + 1}, column ${(place[i] % columns) + 1} of the photo`;
      }
      if (name === "4H" || name === "3H") {
        const gates = GATES[view.item.class],
          H = view.tensor.shape[i] / gates.length;
        return `gate ${gates[Math.floor(place[i] / H)]}, unit ${place[i] % H}`;
      }
      return "";
    })
    .filter(Boolean)
    .join(", ");
}

// -- the sum, as the rules tell it

const placeAt = (view, flat) => ({
  frame: frameOf(view.item)?.index,
  name: view.item.label,
  index: placeOf(view.tensor.shape, flat),
  inner: null,
});

// What the rules say of it (why.js). What its own call has no rule for was made by the call around, or handed on by
// another: {handed: place}. Null where nothing made it: a weight, a pixel, a word.
function reasonOf(view, flat) {
  const place = placeAt(view, flat);
  if (place.frame === undefined || !trace.rules || view.item.over) return null;
  try {
    const own = Why.explain(trace, place, MOST);
    if (own) return own;
    const made = Why.follow(trace, place);
    if (made.inner) return Why.explain(trace, made, MOST);
    if (made.frame === place.frame && made.name === place.name) return null;
    const { path, t } = frames[made.frame],
      x = view.numbers[flat];
    const text = `${made.name}[${made.index}] of ${path.split(".").at(-1)}${t === null ? "" : ` at t${t + 1}`}`;
    return {
      place: made,
      formula: "",
      terms: [{ value: x, text, entries: [{ place: made, value: x }] }],
      value: x,
      others: 0,
      rest: 0,
      handed: made,
    };
  } catch {
    return null;
  } // not in the file, or a damaged rule
}

const MOST = 4; // terms that are written out

function tellWhy(view, flat, staying) {
  unlight();
  const found = reasonOf(view, flat),
    x = view.numbers?.[flat],
    blocks = view.plan.shape.style === "blocks",
    words = blocks ? "" : spoke(view, flat);
  if (found) {
    const lit = new Map();
    for (const place of lightsOf(found.place)) {
      const target = viewAt(place);
      if (target) lit.set(target.view, [...(lit.get(target.view) ?? []), target.flat]);
    }
    for (const [other, flats] of lit) light(other, flats);
  }
  light(view, [flat], "here");
  const head = html`<b>${blocks ? `${view.item.label}, a block` : nameOf(view, flat)}</b>`;
  put(
    $("why"),
    html`<p class="line">${found ? sumOf(found, head, x) : html`${head} = ${blocks ? "recorded as a picture only"
      : Why.numberText(x ?? NaN)}`}${nudgedBeside(view, flat)}</p>
    <p class="muted">${[words, pushed(view, flat)].filter(Boolean).map(part => html`${part} · `)}${staying
      ? html`<kbd>↑↓←→</kbd> walk, <kbd>Tab</kbd> next tensor${found?.terms.some(term => term.entries.length)
        ? html`, <kbd>Enter</kbd> follows ${found.terms.length > 1
          ? html`the largest term, <kbd>1</kbd>–<kbd>${found.terms.length}</kbd> any` : "it"}` : ""}${trail.length
            ? html`, <kbd>Backspace</kbd> back` : ""}, <kbd>Esc</kbd> leaves` : html`a click stays here`}</p>`,
  );
}

function nudgedBeside(view, flat) {
  // of an entry that is wrong: what it should be
  if (!view.wrong?.has(flat)) return "";
  return html`; a nudge says it should be <b>${Why.numberText(tensors[view.item.should].numbers[flat])}</b>`;
}

function lightsOf(place) {
  try {
    return Why.lights(trace, place);
  } catch {
    return [];
  }
}

function sumOf(found, head, x) {
  // dW[3,5] = Σ_n x[n,3]·dy[n,5] = 0.12·(−0.03) + 0.4·0.11 = 0.0404, each term a button
  const said = Why.numberText(found.value),
    alone = found.terms.length === 1 && !found.others && found.terms[0].text === said;
  const terms = found.terms.map((term, k) => {
    const negative = term.text.startsWith("−"),
      sign = k ? (negative ? " − " : " + ") : negative ? "−" : "";
    return html`${sign}<button class="term" data-term="${k}" title="${k + 1}: stand on its number">${negative
      ? term.text.slice(1) : term.text}</button>`;
  });
  const more = found.others
    ? ` ${found.rest < 0 ? "−" : "+"} ${Why.numberText(Math.abs(found.rest))} of ${found.others} more`
    : "";
  if (found.handed) return html`${head} = ${said}, made as ${terms}`;
  const formula = found.formula.slice(found.formula.indexOf(" = ")),
    apart =
      x !== undefined &&
      !Object.is(x, found.value) &&  // two NaNs agree
      !(
        Math.abs(x - found.value) <=
        2e-3 * Math.abs(x) + 1e-5 * Math.max(...found.terms.map(term => Math.abs(term.value)), 0)
      );
  return html`${head}${formula}${found.terms.length ? html` = ${terms}${more}` : ""}${alone ? ""
    : html` = <b>${said}</b>`}${apart ? html`, <b class="red">but the call gave ${Why.numberText(x)}</b>` : ""}`;
}

function viewAt(entry) {
  // where an entry of this call is drawn
  const { forward, backward } = bothOf(frames[here]);
  entry = inCall(entry);
  if (entry.inner || ![forward?.index, backward?.index].includes(entry.frame)) return null;
  for (const view of views.values()) {
    if (view.item.label !== entry.name && view.item.name !== entry.name) continue;
    const own = frameOf(view.item);
    if (
      own?.index === entry.frame ||
      view.item.role === "cache" ||
      view.item.number === namesOf(frames[entry.frame]).get(entry.name)
    )
      return { view, flat: flatOf(view.tensor.shape, entry.index) };
  }
  const number = namesOf(frames[entry.frame]).get(entry.name);
  const same = [...views.values()].find(view => view.item.number === number);
  return same ? { view: same, flat: flatOf(same.tensor.shape, entry.index) } : null;
}

const namesOf = frame => new Map(frame?.names ?? []);

function followTerm(k) {
  // stand on the number that a term took, in the call that made it
  const view = views.get(asked.key),
    found = reasonOf(view, asked.flat),
    term = found?.terms[k];
  if (!term?.entries.length) return;
  const from = placeAt(view, asked.flat),
    left = { frame: here, ...asked, photo };
  // a gradient first: the chain rule's way goes on there
  const gradient = place => frames[place.frame].phase === "backward" && /^d./.test(place.name);
  const entries = [...term.entries].sort((a, b) => gradient(b.place) - gradient(a.place)),
    places = entries.flatMap(entry => recordedOf(entry.place));
  for (const place of [...places.filter(gradient), ...places.filter(other => !gradient(other))]) {
    const made = inCall(Why.follow(trace, place));
    if (made.frame === from.frame && made.name === from.name && `${made.index}` === `${from.index}`) continue;
    if (standOn(made) || standOn(inCall(place))) {
      trail.push(left);
      tellWhy(views.get(asked.key), asked.flat, true);
      return;
    }
  }
}

function recordedOf(place, depth = 0) {
  // what a number in between, which nothing recorded, is made of
  if (place.inner || namesOf(frames[place.frame]).has(place.name) || depth > 6) return [place];
  const found = Why.explain(trace, place, MOST);
  return (found?.terms ?? []).flatMap(term => term.entries).flatMap(entry => recordedOf(entry.place, depth + 1));
}

function inCall(place) {
  // an entry of an inner call, as one of that call itself
  const frame = place.inner && new Map(frames[place.frame].inside).get(place.inner[0])?.[place.inner[1]];
  return frame === null || frame === undefined ? place : { ...place, frame, inner: null };
}

function standOn(place) {
  const frame = frames[place.frame];
  if (!frame || place.inner || namesOf(frame).get(place.name) === undefined) return false;
  if (captions.length > 1 && place.index.length > 1 && sizesOf().N > place.index[0]) {
    const number = namesOf(frame).get(place.name),
      shape = number === undefined ? [] : tensors[number].shape;
    if (shape.length > 1 && shape[0] === sizesOf().N) photo = place.index[0];
  }
  if (frame.t !== null) moment = frame.t;
  go(frame.index);
  const target = place.inner ? null : viewAt(place);
  if (!target) return false;
  ask(target.view.item.key, target.flat);
  return true;
}

function back() {
  const last = trail.pop();
  if (!last) return;
  photo = last.photo;
  go(last.frame);
  ask(last.key, last.flat);
}

// -- walking

function ask(key, flat) {
  const view = views.get(key);
  if (!view) return;
  asked = { key, flat };
  tellWhy(view, flat, true);
  view.element.scrollIntoView({ block: "nearest" });
}

function largestOf(view) {
  let best = 0,
    place = view.plan.shape.panels[0]?.at(0, 0) ?? 0;
  for (const p of view.plan.shape.panels)
    for (let r = 0; r < p.rows; r++)
      for (let c = 0; c < p.columns; c++) {
        const size = Math.abs(view.numbers?.[p.at(r, c)] ?? 0);
        if (size > best) [best, place] = [size, p.at(r, c)];
      }
  return place;
}

function enter() {
  // begin at the largest entry of what the call gives
  const wanted = frames[here].phase === "forward" ? ["output"] : ["dinput", "dweight", "doutput"],
    all = walkable();
  const view = wanted.map(role => all.find(v => v.item.role === role)).find(Boolean) ?? all[0];
  if (view) ask(view.item.key, largestOf(view));
}

const walkable = () =>
  [...views.values()].filter(
    view => view.plan.shape.panels.length && view.plan.kind !== "chip" && view.plan.shape.style !== "blocks",
  );

function walk(down, right) {
  const view = views.get(asked.key),
    { panels } = view.plan.shape;
  for (const [k, p] of panels.entries())
    for (let r = 0; r < p.rows; r++)
      for (let c = 0; c < p.columns; c++) {
        if (p.at(r, c) !== asked.flat) continue;
        let [to, y, x] = [p, r + down, c + right];
        if (y < 0 || y >= p.rows || x < 0 || x >= p.columns) {
          to = panels[k + (y < 0 || x < 0 ? -1 : 1)];
          if (!to) return;
          if (down) y = down > 0 ? 0 : to.rows - 1;
          else x = right > 0 ? 0 : to.columns - 1;
          [y, x] = [Math.min(y, to.rows - 1), Math.min(x, to.columns - 1)];
        }
        ask(asked.key, to.at(y, x));
        return;
      }
}

function nextTensor(by) {
  const all = walkable(),
    at = all.findIndex(view => view.item.key === asked.key);
  const view = all[(at + by + all.length) % all.length];
  ask(view.item.key, largestOf(view));
}

const walking = {
  ArrowUp: () => walk(-1, 0),
  ArrowDown: () => walk(1, 0),
  ArrowLeft: () => walk(0, -1),
  ArrowRight: () => walk(0, 1),
  Enter: () => followTerm(0),
  Backspace: back,
  Escape: () => {
    asked = null;
    trail = [];
    hint();
  },
  ...Object.fromEntries(range(9).map(k => [`${k + 1}`, () => followTerm(k)])),
};

// -- nudge it: the loss with this weight a little smaller and larger, beside what the gradient said

const nudgeOf = view =>
  /weight$/.test(view.item.role)
    ? (trace.nudges ?? []).find(
        n => n.path === frames[here].path && `${view.item.role === "dweight" ? "d" : ""}${n.name}` === view.item.name,
      )
    : null;

function pushed(view, flat) {
  const nudge = nudgeOf(view);
  if (!nudge || flatOf(view.tensor.shape, nudge.entry) !== flat) return "";
  const calls = frames.filter(f => f.path === nudge.path && f.phase === "backward");
  const total = calls.reduce((sum, f) => {
    const row = f.parameters.find(([name]) => name === nudge.name);
    return sum + (row ? value(tensors[row[2]], flat) : 0);
  }, 0);
  const slope = (nudge.more - nudge.less) / (2 * nudge.step);
  return html`<span class="nudge"><b>Nudged</b> by −${nudge.step} and +${nudge.step} the loss was ${
    nudge.less.toFixed(6)} and ${nudge.more.toFixed(6)}: ${minus(slope.toPrecision(4))} per unit. The gradient${
      calls.length > 1 ? `, added up over ${calls.length} calls,` : ""} says ${minus(total.toPrecision(4))}.</span>`;
}

function toNudge() {
  // stand on an entry that was nudged
  for (const view of views.values()) {
    const nudge = nudgeOf(view);
    if (nudge && view.item.role === "dweight") {
      ask(view.item.key, flatOf(view.tensor.shape, nudge.entry));
      return;
    }
  }
  const next = frames.find(
    f => f.index > here && f.phase === "backward" && (trace.nudges ?? []).some(n => n.path === f.path),
  );
  if (next) {
    go(next.index);
    toNudge();
  } else
    put(
      $("why"),
      html`<p class="muted">${trace.nudges ? "No weight is nudged from here on."
        : "No weight was nudged in this recording."}</p>`,
    );
}

function hint() {
  unlight();
  put(
    $("why"),
    html`<p class="muted">Point at a number, or press <kbd>w</kbd>, to see what it is and what made it. ${level ===
      "story" ? html`<kbd>→</kbd> goes on in the story, <kbd>s</kbd> shows every call,`
        : html`<kbd>→</kbd> goes one call on, <kbd>t</kbd> to the other pass,`
          } <kbd>u</kbd> to a weight that was nudged, <kbd>p</kbd> predicts, <kbd>?</kbd> says the rest.</p>`,
  );
}
