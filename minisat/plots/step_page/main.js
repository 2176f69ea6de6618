"use strict";
// Keys, pointer, address: where one stands in the step, and what is shown of it.

let here = 0, shown = [], timer = 0;

// -- the list of calls

function list() {
  put($("list"), shown.length ? shown.map(i => {
    const frame = frames[i], checked = frame[kind], state = red(frame) ? "bad" : checked && checked.ok ? "ok" : "";
    return html`<a href="#frame=${i}" data-i="${i}" class="${frame.phase}${red(frame) ? guilty(frame) ? " red guilty" : " red" : ""}"><span class="dot ${state}"></span><span class="arrow">${frame.phase === "forward" ? "→" : "←"}</span>${frame.path.split(".").at(-1)}<i>${frame.t === null ? "" : "t" + (frame.t + 1)}</i></a>`;
  }) : html`<p class="muted">No call matches.</p>`);
  for (const link of $("list").querySelectorAll("a")) link.style.paddingLeft = `${6 + 11 * frames[link.dataset.i].depth}px`;
}

function filter() {
  const words = $("filter").value.toLowerCase().split(/\s+/).filter(Boolean);
  shown = frames.filter(f => words.every(word => `${f.path} ${f.class} ${f.phase}`.toLowerCase().includes(word))).map(f => f.index);
  list();
  if (shown.length && !shown.includes(here)) go(shown[0]); else mark();
}

function mark() {
  const box = $("list"), find = i => i === null ? null : box.children[shown.indexOf(i)];
  for (const link of box.querySelectorAll(".on, .twin")) link.classList.remove("on", "twin");
  const link = find(here);
  link?.classList.add("on");
  find(frames[here].twin)?.classList.add("twin");
  if (link?.offsetParent && (link.offsetTop < box.scrollTop + 20 || link.offsetTop > box.scrollTop + box.clientHeight - 40)) box.scrollTop = link.offsetTop - box.clientHeight / 2;
}

// -- the photo with the look of this time step

function eye() {
  const caption = captions[photo];
  $("eye").hidden = !caption || !caption.photo && !caption.alphas.length;
  put($("photos"), captions.length < 2 ? "" : captions.map((_, k) => html`<button data-photo="${k}" class="${k === photo ? "on" : ""}" title="photo ${k + 1} (n = ${k})">n=${k}</button>`));
  if (!caption) return;
  const canvas = $("seen"), context = canvas.getContext("2d"), image = pictureOf(photo), k = moment === null ? null : said(caption, moment);
  canvas.width = canvas.height = 196;
  if (image) context.drawImage(image, 0, 0, 196, 196);
  if (!caption.alphas.length || !caption.alphas.flat().every(a => typeof a === "number")) return;
  const share = shares(k !== null ? caption.alphas[k] : caption.alphas[0].map((_, i) => caption.alphas.reduce((sum, alpha) => sum + alpha[i], 0)));
  context.drawImage(veilOf(share, caption.grid), 0, 0, 196, 196);
  $("eye").title = `${k !== null ? `where it looked before “${caption.said[k]}”` : "its mean look"}: peak ${Math.max(...share).toFixed(1)}× an even share`;
}

// -- what stands above the screen

function told() {
  if (level === "story") return storyHead();
  const frame = frames[here], culprit = red(frame) ? innermost(frame) : null, { forward, backward } = bothOf(frame);
  const line = around(here).map(i => html`<a class="crumb" href="#frame=${i}">${frames[i].path.split(".").at(-1)}</a>`);
  const caption = captions[photo], k = frame.t === null || !caption ? null : said(caption, frame.t);
  const mini = which => { const found = backward?.[which]; return !found ? "" : html`<span class="mini ${found.ok === null ? "" : found.ok ? "ok" : "bad"}" title="${inWords(found.text)}">${found.ok === null ? "?" : found.ok ? "✓" : "✗"} ${which === "local" ? "this layer" : "whole loss"}</span>`; };
  return html`<h2>${between(frame.path.split(".").slice(-1)[0].split("_"), html`_<wbr>`)}</h2><span class="chip">${frame.class}${frame.t === null ? "" : `, time step ${frame.t + 1}`}${k === null ? "" : `: “${caption.said[k]}”`}</span>
    ${line.length ? html`<span class="chip">inside ${between(line, " › ")}</span>` : ""}${mini("local")}${mini("global")}
    ${frame.ended === null ? html`<p class="verdict bad"><b>✗</b> An exception ended this call.</p>` : ""}
    ${culprit ? html`<p class="verdict bad"><b>✗</b> Inside it a call is red, perhaps that is why: <a href="#frame=${culprit.index}">${culprit.path}</a>.</p>` : ""}
    ${frame === born ? html`<p class="verdict bad"><b>✗</b> The birth: the first number that is not finite was made here.</p>`
      : frame.bad && born ? html`<p class="verdict bad"><b>✗</b> What came out is not finite. The first such number was made in <a href="#frame=${born.index}">frame ${born.index}, ${born.path}</a>.</p>` : ""}
    ${guilty(frame) && backward?.local?.ok === false ? html`<p class="verdict bad"><b>✗</b> ${inWords(backward.local.text)}</p>` : ""}
    ${frame.phase === "forward" && backward && red(backward) && !frame.bad ? html`<p class="verdict bad"><b>✗</b> Its backward is red: press t.</p>` : ""}`;
}

// -- showing

function show() {
  const frame = frames[here];
  if (frame.t !== null) moment = frame.t;
  put($("told"), told());
  eye();
  drawStrip();
  const main = $("main"), style = getComputedStyle(main), width = main.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
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
  if (index !== here) { slid = {}; opened = null; asked = null; if (!narrow.matches) $("main").scrollTop = 0; }
  here = index;
  if (!shown.includes(here)) { $("filter").value = ""; shown = frames.map(frame => frame.index); list(); }
  show();
  mark();
  remember(telling ? `#story=${stop + 1}` : `#frame=${here}`);
}

function remember(place) {  // in the page's address; a page inside another (a notebook's) has none of its own
  if (location.protocol !== "about:") history.replaceState(null, "", place);
}

const onward = by => level === "story" ? tell(stop + by) : go(neighbour(by));

// -- keys

function beside(by) {
  const { path, phase, t } = frames[here];
  return t === null ? undefined : frames.find(f => f.path === path && f.phase === phase && f.t === t + by)?.index;
}

const neighbour = by => shown[Math.min(Math.max(shown.indexOf(here) + by, 0), shown.length - 1)];

let led = null;  // where the key led last

function nextRed() {  // culprits first, then what is red because of them
  const all = frames.filter(red), order = [...all.filter(guilty), ...all.filter(f => !guilty(f))].map(f => f.index);
  const at = here === led || guilty(frames[here]) ? order.indexOf(here) : -1;
  led = order[(at + 1) % order.length];
  return led;
}

function play() {
  const stop = timer;
  clearInterval(timer);
  timer = 0;
  if (!stop) timer = setInterval(() => {
    const ends = level === "story" ? stop === story().length - 1 : neighbour(1) === here;
    if (ends) play(); else onward(1);
  }, level === "story" ? 6000 : 700);
  $("play").textContent = timer ? "❚❚" : "▶";
}

const keys = {
  ArrowRight: () => onward(1), ArrowLeft: () => onward(-1), Home: () => onward(-1e9), End: () => onward(1e9), " ": play,
  s: () => level === "story" ? go(here) : tell(stop), w: enter, p: predict, u: toNudge,
  t: () => go(frames[here].twin), "[": () => go(beside(-1)), "]": () => go(beside(1)),
  b: () => go(nextRed()), n: () => go(born?.index),
  g: () => { kind = kind === "local" ? "global" : "local"; $("kind").textContent = kind === "local" ? "this layer" : "whole loss"; facts(); list(); go(here); },
  l: () => { document.body.classList.toggle("listing"); show(); mark(); },
  "/": () => { if (innerWidth < 1500) document.body.classList.add("listing"); $("filter").focus(); },
  "?": () => $("help").open ? $("help").close() : $("help").showModal(),
  Escape: () => { $("help").close(); asked = null; quiz = null; opened = null; if (innerWidth < 1500) document.body.classList.remove("listing"); show(); },
};

addEventListener("keydown", event => {
  const { target, key } = event;
  if (target.id === "answer") { if (key === "Escape") keys.Escape(); return; }
  if (target.matches("input:not([type=range])")) { if (key === "Escape" || key === "Enter") target.blur(); return; }
  if (target.matches("input[type=range]") && /^(Arrow|Home|End|Page)/.test(key)) return;
  if (event.ctrlKey || event.metaKey || event.altKey || $("help").open && key !== "?" && key !== "Escape") return;
  if (target.matches("button, summary, a, .stop") && (key === " " || key === "Enter")) return;
  const does = asked && walking[key] || asked && key === "Tab" && (() => nextTensor(event.shiftKey ? -1 : 1)) || quiz && key === "Enter" && keys.ArrowRight || keys[key];
  if (!does) return;
  event.preventDefault();
  does();
});
document.addEventListener("submit", event => { event.preventDefault(); answer(); });
document.addEventListener("input", event => { if (event.target.dataset?.slide) slide(event.target); });

document.addEventListener("click", event => {
  const key = event.target.closest("[data-key]")?.dataset.key, stop = event.target.closest("[data-stop]")?.dataset.stop, to = event.target.closest("[data-to]")?.dataset.to;
  const picture = event.target.closest("[data-photo]")?.dataset.photo, chip = event.target.closest(".tensor.chip > header, .tensor > header")?.parentElement.dataset.view;
  const told = event.target.closest("[data-tell]")?.dataset.tell, term = event.target.closest("[data-term]")?.dataset.term;
  if (key) keys[key]?.();
  else if (event.target.id === "unslide") { slid = {}; show(); }
  else if (told) tell(+told);
  else if (term) { if (asked) followTerm(+term); }
  else if (stop) goStop(+stop);
  else if (to) go(+to);
  else if (picture) { photo = +picture; show(); }
  else if (chip) { opened = opened === chip ? null : chip; show(); }
  else if (!quiz && event.target.closest("#screen")) {
    const entry = entryUnder(event);
    if (entry) chosen(entry);
  }
});

function chosen({ view, flat }) {  // a click on a number stays with it; a slider speaks of it from now on
  const { name, role } = view.item, place = placeOf(view.tensor.shape, flat);
  if (frames[here].class === "Softmax" && (name === "x" || name === "y")) { if (slid.entry !== place[1]) slid = { ...slid, entry: place[1], score: undefined }; }
  else if (frames[here].class === "LSTMCell" && name === "gates" && role === "cache") slid = { column: place[1] };
  drawTools();
  if ($("unslide")) follows();
  trail = [];
  ask(view.item.key, flat);
}
$("strip").addEventListener("keydown", event => { const stop = event.target.closest?.("[data-stop]"); if (stop && (event.key === "Enter" || event.key === " ")) { event.preventDefault(); goStop(+stop.dataset.stop); } });
let under = "";  // the entry that the pointer is over
$("screen").addEventListener("pointermove", event => {
  const entry = asked || quiz ? null : entryUnder(event), name = entry ? `${here}:${entry.view.item.key}:${entry.flat}` : "";
  if (entry && name !== under) tellWhy(entry.view, entry.flat, false);
  under = name;
});
$("screen").addEventListener("pointerleave", () => { under = ""; if (!asked && !quiz) hint(); });
$("scrub").oninput = () => level === "story" ? tell(+$("scrub").value) : go(shown[+$("scrub").value]);
$("filter").oninput = filter;
dark.addEventListener("change", () => show());
let settled = 0;
addEventListener("resize", () => { cancelAnimationFrame(settled); settled = requestAnimationFrame(() => trace && show()); });
addEventListener("hashchange", () => arrive());

function arrive() {  // where the address says; at the story's first stop where it says nothing
  const frame = /frame=(\d+)/.exec(location.hash), tale = /story=(\d+)/.exec(location.hash);
  if (frame) go(Math.min(+frame[1], frames.length - 1));
  else if (story().length) tell(tale ? tale[1] - 1 : 0);
  else go(0);
}

function facts() {
  const many = frames.filter(red).length, checked = frames.some(frame => frame[kind]);
  put($("facts"), born ? html`<b class="red">not finite from frame ${born.index} on: press n</b> · ` : many ? html`<b class="red">${many} red calls: press b</b> · ` : checked ? "no red call · " : "not checked · ",
    Object.entries(trace.about).map(([name, value]) => `${name} ${typeof value === "number" && !Number.isInteger(value) ? +value.toPrecision(5) : value} · `));
  document.querySelector("[data-key=b]").disabled = !many;
}

// -- a file that is dropped on the page

addEventListener("dragover", event => { event.preventDefault(); document.body.classList.add("dropping"); });
addEventListener("dragleave", () => document.body.classList.remove("dropping"));
addEventListener("drop", async event => {
  event.preventDefault();
  document.body.classList.remove("dropping");
  const file = event.dataTransfer.files[0];
  if (file) await drop(await file.text(), file.name);
});

async function drop(text, name) {
  let found = null;
  try { found = JSON.parse(text); } catch { /* said below */ }
  const damage = damageOf(found);
  if (damage) { put($("why"), html`<p><b class="red">${name} is not shown.</b> ${damage}</p>`); return; }
  await begin(found, name);
}

async function begin(found, name) {
  await take(found);
  here = 0; photo = 0; moment = null; asked = null; opened = null; trail = []; slid = {}; quiz = null; stop = 0; level = "layers";
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
