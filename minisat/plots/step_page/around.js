"use strict";
// What stands around the screen of a call: the list of all calls, the photo with its look, what is told, the facts.

let shown = []; // the calls that the filter leaves

// -- the list of calls

function list() {
  put(
    $("list"),
    shown.length
      ? shown.map(i => {
          const frame = frames[i],
            checked = frame[kind],
            state = red(frame) ? "bad" : checked && checked.ok ? "ok" : "";
          const marks = red(frame) ? (guilty(frame) ? " red guilty" : " red") : "";
          return html`<a href="#frame=${i}" data-i="${i}" class="${frame.phase}${marks}">
            <span class="dot ${state}"></span><span class="arrow">${frame.phase === "forward" ? "→" : "←"}</span>
            ${frame.path.split(".").at(-1)}<i>${frame.t === null ? "" : "t" + (frame.t + 1)}</i></a>`;
        })
      : html`<p class="muted">No call matches.</p>`,
  );
  for (const link of $("list").querySelectorAll("a"))
    link.style.paddingLeft = `${6 + 11 * frames[link.dataset.i].depth}px`;
}

function filter() {
  const words = $("filter").value.toLowerCase().split(/\s+/).filter(Boolean);
  shown = frames
    .filter(f => words.every(word => `${f.path} ${f.class} ${f.phase}`.toLowerCase().includes(word)))
    .map(f => f.index);
  list();
  if (shown.length && !shown.includes(here)) go(shown[0]);
  else mark();
}

function mark() {
  const box = $("list"),
    find = i => (i === null ? null : box.children[shown.indexOf(i)]);
  for (const link of box.querySelectorAll(".on, .twin")) link.classList.remove("on", "twin");
  const link = find(here);
  link?.classList.add("on");
  find(frames[here].twin)?.classList.add("twin");
  if (
    link?.offsetParent &&
    (link.offsetTop < box.scrollTop + 20 || link.offsetTop > box.scrollTop + box.clientHeight - 40)
  )
    box.scrollTop = link.offsetTop - box.clientHeight / 2;
}

// -- the photo with the look of this time step

function eye() {
  const caption = captions[photo];
  $("eye").hidden = !caption || (!caption.photo && !caption.alphas.length);
  put(
    $("photos"),
    captions.length < 2
      ? ""
      : captions.map(
          (_, k) =>
            html`<button data-photo="${k}" class="${k === photo ? "on" : ""}"
              title="photo ${k + 1} (n = ${k})">n=${k}</button>`,
        ),
  );
  if (!caption) return;
  const canvas = $("seen"),
    context = canvas.getContext("2d"),
    image = pictureOf(photo),
    k = moment === null ? null : said(caption, moment);
  canvas.width = canvas.height = 196;
  if (image) context.drawImage(image, 0, 0, 196, 196);
  if (!caption.alphas.length || !caption.alphas.flat().every(a => typeof a === "number")) return;
  const share = shares(
    k !== null
      ? caption.alphas[k]
      : caption.alphas[0].map((_, i) => caption.alphas.reduce((sum, alpha) => sum + alpha[i], 0)),
  );
  context.drawImage(veilOf(share, caption.grid), 0, 0, 196, 196);
  $("eye").title =
    `${k !== null ? `where it looked before “${caption.said[k]}”`
      : "its mean look"}: peak ${Math.max(...share).toFixed(1)}× an even share`;
}

// -- what stands above the screen

function told() {
  if (level === "story") return storyHead();
  const frame = frames[here],
    culprit = red(frame) ? innermost(frame) : null,
    { forward, backward } = bothOf(frame);
  const line = around(here).map(i => html`<a class="crumb" href="#frame=${i}">${frames[i].path.split(".").at(-1)}</a>`);
  const caption = captions[photo],
    k = frame.t === null || !caption ? null : said(caption, frame.t);
  const mini = which => {
    const found = backward?.[which];
    return !found
      ? ""
      : html`<span class="mini ${found.ok === null ? "" : found.ok ? "ok" : "bad"}"
        title="${inWords(found.text)}">${found.ok === null ? "?" : found.ok ? "✓" : "✗"} ${which === "local"
          ? "this layer" : "whole loss"}</span>`;
  };
  return html`<h2>${between(frame.path.split(".").slice(-1)[0].split("_"), html`_<wbr>`)}</h2><span
    class="chip">${frame.class === frame.path ? "" : frame.class}${frame.t === null ? "" : `, time step ${frame.t + 1}`}${k === null ? ""
      : `: “${caption.said[k]}”`}</span>
    ${line.length ? html`<span class="chip">inside ${between(line, " › ")}</span>`
      : ""}${derivedIn(frame)}${mini("local")}${mini("global")}
    ${frame.ended === null ? html`<p class="verdict bad"><b>✗</b> An exception ended this call${
      trace.about.raised ? html`: <code>${trace.about.raised}</code>` : "."}</p>` : ""}
    ${culprit ? html`<p class="verdict bad"><b>✗</b> Inside it a call is red, perhaps that is why: <a
      href="#frame=${culprit.index}">${culprit.path}</a>.</p>` : ""}
    ${
      frame === born
        ? html`<p class="verdict bad"><b>✗</b> The birth: the first number that is not finite was made here.</p>`
        : frame.bad && born
          ? html`<p class="verdict bad"><b>✗</b> What came out is not finite. The first such number was made in <a
            href="#frame=${born.index}">frame ${born.index}, ${born.path}</a>.</p>`
          : ""
    }
    ${guilty(frame) && backward?.local?.ok === false ? html`<p
      class="verdict bad"><b>✗</b> ${whatIsWrong(backward)}${inWords(backward.local.text)}</p>` : ""}
    ${frame.phase === "forward" && backward && red(backward) && !frame.bad ? html`<p
      class="verdict bad"><b>✗</b> Its backward is red: press t.</p>` : ""}`;
}

function derivedIn(frame) {
  // the lesson that derives a layer, by its name
  const lesson = trace.lessons?.[kindOf(frame)],
    page = String(trace.book?.[lesson] ?? "");
  if (!lesson) return "";
  return html`<span class="chip lesson">derived in the lesson ${/^\w+\.html$/.test(page)
    ? html`<a class="crumb" href="${page}">${lesson}</a>`
    : html`<b>${lesson}</b>: <code>minisat lesson open ${lesson}</code>`}</span>`;
}

function whatIsWrong(backward) {
  // what the wrong numbers have in common with the right ones, a sentence for each pattern
  const names = new Map();
  for (const [name, , said] of backward.numbers ?? [])
    if (said) names.set(said, [...(names.get(said) ?? []), name]);
  return [...names].map(([said, which]) => html`<b>${which.join(", ")}</b>: ${said[0].toLowerCase()}${said.slice(1)} `);
}

function facts() {
  const many = frames.filter(red).length,
    checked = frames.some(frame => frame[kind]);
  put(
    $("facts"),
    born
      ? html`<b class="red">not finite from frame ${born.index} on: press n</b> · `
      : many
        ? html`<b class="red">${many} red calls: press b</b> · `
        : checked
          ? "no red call · "
          : "not checked · ",
    Object.entries(trace.about).map(
      ([name, value]) =>
        `${name} ${typeof value === "number" && !Number.isInteger(value) ? +value.toPrecision(5) : value} · `,
    ),
  );
  document.querySelector("[data-key=b]").disabled = !many;
}
