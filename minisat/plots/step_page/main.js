"use strict";
// Keys, pointer, address: where one stands in the step, and what is shown of it.

let here = 0,
  timer = 0;

// -- showing

function show() {
  const frame = frames[here];
  if (frame.t !== null) moment = frame.t;
  put($("told"), told());
  eye();
  drawStrip();
  const main = $("main"),
    style = getComputedStyle(main),
    width = main.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
  $("screen").replaceChildren(callScreen(frame, Math.max(main.clientHeight - 4, 300), width));
  put($("below"), below(frame));
  const tale = level === "story";
  $("scrub").max = (tale ? story().length : shown.length) - 1;
  $("scrub").value = tale ? stop : shown.indexOf(here);
  $("where").textContent = tale ? `stop ${stop + 1} of ${story().length}` : `frame ${here} of ${frames.length - 1}`;
  put($("level"), tale ? "every call" : "story");
  $("level").hidden = !story().length;
  document.querySelector("[data-key=p]").classList.toggle("on", !!quiz);
  dimmed();
  drawTools();
  if (slidersOf(frames[here]).some(s => slid[s.name] !== undefined)) follows();
  if (quiz) pose();
  else if (asked && views.has(asked.key)) tellWhy(views.get(asked.key), asked.flat, true);
  else hint();
}

function go(index, telling = false) {
  if (index === undefined || index === null || !frames[index]) return;
  if (!telling) level = "layers";
  if (index !== here) {
    slid = {};
    opened = null;
    asked = null;
    if (!narrow.matches) $("main").scrollTop = 0;
  }
  here = index;
  if (!shown.includes(here)) {
    $("filter").value = "";
    shown = frames.map(frame => frame.index);
    list();
  }
  show();
  mark();
  remember(telling ? `#story=${stop + 1}` : `#frame=${here}`);
}

function remember(place) {
  // in the page's address; a page inside another (a notebook's) has none of its own
  if (location.protocol !== "about:") history.replaceState(null, "", place);
}

const onward = by => (level === "story" ? tell(stop + by) : go(neighbour(by)));

// -- keys

function inTime(by) {
  const { path, phase, t } = frames[here];
  return t === null ? undefined : frames.find(f => f.path === path && f.phase === phase && f.t === t + by)?.index;
}

const neighbour = by => shown[Math.min(Math.max(shown.indexOf(here) + by, 0), shown.length - 1)];

let led = null; // where the key led last

function nextRed() {
  // culprits first, then what is red because of them
  const all = frames.filter(red),
    order = [...all.filter(guilty), ...all.filter(f => !guilty(f))].map(f => f.index);
  const at = here === led || guilty(frames[here]) ? order.indexOf(here) : -1;
  led = order[(at + 1) % order.length];
  return led;
}

function play() {
  const stop = timer;
  clearInterval(timer);
  timer = 0;
  if (!stop)
    timer = setInterval(
      () => {
        const ends = level === "story" ? stop === story().length - 1 : neighbour(1) === here;
        if (ends) play();
        else onward(1);
      },
      level === "story" ? 6000 : 700,
    );
  $("play").textContent = timer ? "❚❚" : "▶";
}

const keys = {
  ArrowRight: () => onward(1),
  ArrowLeft: () => onward(-1),
  Home: () => onward(-1e9),
  End: () => onward(1e9),
  " ": play,
  s: () => (level === "story" ? go(here) : tell(stop)),
  w: enter,
  p: predict,
  u: toNudge,
  t: () => go(frames[here].twin),
  "[": () => go(inTime(-1)),
  "]": () => go(inTime(1)),
  b: () => go(nextRed()),
  n: () => go(born?.index),
  g: () => {
    kind = kind === "local" ? "global" : "local";
    $("kind").textContent = kind === "local" ? "this layer" : "whole loss";
    facts();
    list();
    go(here);
  },
  l: () => {
    document.body.classList.toggle("listing");
    show();
    mark();
  },
  "/": () => {
    if (innerWidth < 1500) document.body.classList.add("listing");
    $("filter").focus();
  },
  "?": () => ($("help").open ? $("help").close() : $("help").showModal()),
  Escape: () => {
    $("help").close();
    asked = null;
    quiz = null;
    opened = null;
    if (innerWidth < 1500) document.body.classList.remove("listing");
    show();
  },
};

addEventListener("keydown", event => {
  const { target, key } = event;
  if (target.id === "answer") {
    if (key === "Escape") keys.Escape();
    return;
  }
  if (target.matches("input:not([type=range])")) {
    if (key === "Escape" || key === "Enter") target.blur();
    return;
  }
  if (target.matches("input[type=range]") && /^(Arrow|Home|End|Page)/.test(key)) return;
  if (event.ctrlKey || event.metaKey || event.altKey || ($("help").open && key !== "?" && key !== "Escape")) return;
  if (target.matches("button, summary, a, .stop") && (key === " " || key === "Enter")) return;
  const does =
    (asked && walking[key]) ||
    (asked && key === "Tab" && (() => nextTensor(event.shiftKey ? -1 : 1))) ||
    (quiz && key === "Enter" && keys.ArrowRight) ||
    keys[key];
  if (!does) return;
  event.preventDefault();
  does();
});
document.addEventListener("submit", event => {
  event.preventDefault();
  answer();
});
document.addEventListener("input", event => {
  if (event.target.dataset?.slide) slide(event.target);
});

document.addEventListener("click", event => {
  const key = event.target.closest("[data-key]")?.dataset.key,
    stop = event.target.closest("[data-stop]")?.dataset.stop,
    to = event.target.closest("[data-to]")?.dataset.to;
  const picture = event.target.closest("[data-photo]")?.dataset.photo,
    chip = event.target.closest(".tensor.chip > header, .tensor > header")?.parentElement.dataset.view;
  const told = event.target.closest("[data-tell]")?.dataset.tell,
    term = event.target.closest("[data-term]")?.dataset.term;
  if (key) keys[key]?.();
  else if (event.target.id === "unslide") {
    slid = {};
    show();
  } else if (told) tell(+told);
  else if (term) {
    if (asked) followTerm(+term);
  } else if (stop) goStop(+stop);
  else if (to) go(+to);
  else if (picture) {
    photo = +picture;
    show();
  } else if (chip) {
    opened = opened === chip ? null : chip;
    show();
  } else if (!quiz && event.target.closest("#screen")) {
    const entry = entryUnder(event);
    if (entry) chosen(entry);
  }
});

function chosen({ view, flat }) {
  // a click on a number stays with it; a slider speaks of it from now on
  const { name, role } = view.item,
    place = placeOf(view.tensor.shape, flat);
  if (kindOf(frames[here]) === "Softmax" && (name === "x" || name === "y")) {
    if (slid.entry !== place[1]) slid = { ...slid, entry: place[1], score: undefined };
  } else if (kindOf(frames[here]) === "LSTMCell" && name === "gates" && role === "cache") slid = { column: place[1] };
  drawTools();
  if ($("unslide")) follows();
  trail = [];
  ask(view.item.key, flat);
}
$("strip").addEventListener("keydown", event => {
  const stop = event.target.closest?.("[data-stop]");
  if (stop && (event.key === "Enter" || event.key === " ")) {
    event.preventDefault();
    goStop(+stop.dataset.stop);
  }
});
let under = ""; // the entry that the pointer is over
$("screen").addEventListener("pointermove", event => {
  const entry = asked || quiz ? null : entryUnder(event),
    name = entry ? `${here}:${entry.view.item.key}:${entry.flat}` : "";
  if (entry && name !== under) tellWhy(entry.view, entry.flat, false);
  under = name;
});
$("screen").addEventListener("pointerleave", () => {
  under = "";
  if (!asked && !quiz) hint();
});
$("scrub").oninput = () => (level === "story" ? tell(+$("scrub").value) : go(shown[+$("scrub").value]));
$("filter").oninput = filter;
dark.addEventListener("change", () => show());
let settled = 0;
addEventListener("resize", () => {
  cancelAnimationFrame(settled);
  settled = requestAnimationFrame(() => trace && show());
});
addEventListener("hashchange", () => arrive());

function arrive() {
  // where the address says; at the story's first stop where it says nothing
  const frame = /frame=(\d+)/.exec(location.hash),
    tale = /story=(\d+)/.exec(location.hash);
  if (frame) go(Math.min(+frame[1], frames.length - 1));
  else if (story().length) tell(tale ? tale[1] - 1 : 0);
  else if (frames[trace.opens]) go(trace.opens);
  else go(0);
}
