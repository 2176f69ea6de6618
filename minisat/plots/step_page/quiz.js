"use strict";
// Predict, then reveal: what a pass gives is hidden, and asked for: its shape, a sign, its largest entry, a value.

let quiz = null; // {question, right, of}

const KINDS = ["shape", "sign", "largest", "value"];

function hiddenViews() {
  const roles = frames[here].phase === "forward" ? ["output"] : ["dinput", "dweight"];
  return [...views.values()].filter(
    view => roles.includes(view.item.role) && view.numbers && countOf(view.tensor) > 0 && view.plan.shape.panels.length,
  );
}

function pose() {
  // hide what is to come, and ask for something of it
  for (const view of views.values()) view.element.classList.remove("veiled");
  const all = hiddenViews();
  quiz.question = null;
  if (!all.length) {
    put($("why"), html`<p class="muted">Nothing to predict here. <kbd>→</kbd> goes on. ${score()}</p>`);
    return;
  }
  const turn = quiz.of,
    view = all[(here + turn) % all.length],
    entries = drawn(view),
    peak = Math.max(...entries.map(i => Math.abs(view.numbers[i])));
  const clear = entries.filter(i => Math.abs(view.numbers[i]) >= 0.2 * peak && isFinite(view.numbers[i]));
  let which = KINDS[turn % KINDS.length];
  if (!clear.length || peak === 0 || (which === "largest" && (entries.length < 2 || entries.length > 100)))
    which = "shape";
  if (which === "sign" && view.plan.shape.style === "look") which = "value";
  const flat = clear[(7 * here + turn) % Math.max(clear.length, 1)],
    place = placeOf(view.tensor.shape, flat ?? 0).join(",");
  for (const other of [...all, ...[...views.values()].filter(each => each.item.role === "should")])
    if (which !== "shape" || other === view) other.element.classList.add("veiled");
  const name = view.item.label,
    entry = view.tensor.shape.length ? `${name}[${place}]` : name;
  const words = {
    shape: `What shape does ${name} have?`,
    sign: `Is ${entry} above or below zero?`,
    largest: `Which entry of ${name}, of those drawn here, is the largest? (its place, such as ${place})`,
    value: `How much is ${entry}?`,
  }[which];
  const clue = which === "value" || which === "sign" ? reasonOf(view, flat) : null;
  quiz.question = { which, key: view.item.key, flat };
  put(
    $("why"),
    html`<form id="asking"><label for="answer"><b>${words}</b> ${clue?.formula && which === "value" ? html`<span
      class="muted">${clue.formula}</span>` : ""}</label>
    <input id="answer" autocomplete="off" placeholder="${{ shape: "2, 12", sign: "+ or −", largest: "0, 3", value:
      "0.04" }[which]}"><button>check</button><span class="muted"> ${score()} · <kbd>Esc</kbd> ends</span></form>`,
  );
  $("answer").focus({ preventScroll: true });
}

const drawn = view =>
  view.plan.shape.panels.flatMap(p => range(p.rows).flatMap(r => range(p.columns).map(c => p.at(r, c))));
const score = () => (quiz.of ? `${quiz.right} of ${quiz.of} right` : "");

function isRight({ which, key, flat }, typed) {
  const view = views.get(key),
    numbers = (typed.replace(/−/g, "-").match(/-?\d*\.?\d+(?:e-?\d+)?/gi) ?? []).map(Number),
    x = view.numbers[flat];
  if (which === "shape")
    return numbers.length === view.tensor.shape.length && numbers.every((n, i) => n === view.tensor.shape[i]);
  if (which === "sign")
    return /^\s*(\+|p|above|more)/i.test(typed) ? x > 0 : /^\s*(-|−|n|below|less)/i.test(typed) ? x < 0 : false;
  if (which === "largest") {
    const best = Math.max(...drawn(view).map(i => view.numbers[i])),
      at = numbers.length === view.tensor.shape.length ? flatOf(view.tensor.shape, numbers) : -1;
    return view.numbers[at] === best;
  }
  return numbers.length === 1 && Math.abs(numbers[0] - x) <= Math.max(0.06 * Math.abs(x), 1e-12);
}

function answer() {
  const { question } = quiz,
    typed = $("answer").value;
  if (!typed.trim()) return;
  const right = isRight(question, typed),
    view = views.get(question.key);
  quiz.of++;
  quiz.right += right;
  quiz.question = null;
  for (const other of views.values()) other.element.classList.remove("veiled");
  const best =
    question.which === "largest"
      ? drawn(view).reduce((a, b) => (view.numbers[b] > view.numbers[a] ? b : a))
      : question.flat;
  const truth =
    question.which === "shape"
      ? `(${view.tensor.shape.join(", ")})`
      : `${nameOf(view, best)} = ${brief(view.numbers[best], 8)}`;
  if (question.which !== "shape") {
    unlight();
    light(view, [best], "here");
  }
  put(
    $("why"),
    html`<p class="${right ? "right" : "wrong"}"><b>${right ? "Right" : "Not so"}:</b> ${truth}. <span
      class="muted">${score()}. <kbd>→</kbd> or <kbd>Enter</kbd> goes on, <kbd>Esc</kbd> ends.</span></p>`,
  );
  document.activeElement?.blur();
}

function predict() {
  if (quiz) {
    quiz = null;
    show();
    return;
  }
  quiz = { question: null, right: 0, of: 0 };
  asked = null;
  show();
}
