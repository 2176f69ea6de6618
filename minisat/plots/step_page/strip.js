"use strict";
// The way there and back, always in sight: the encoder, t1 … tT, the loss; as wide as the gradient is long.

const isState = name => /^d?(state|h|c|dh|dc)(_prev|_0)?(\[\d\])*$/.test(name);
const isSeen = name => /feature|keys/.test(name);
const FADED = 100; // times smaller, or larger: then it has vanished, or exploded
// A stop: {name, frames: [index …]} and lengths of gradients: what leaves it (carries), what it sends to the photo's
// features (seen), what comes to it from the loss (arrives).
let stops = [];

function lengthOf(rows) {
  const sizes = rows
    .filter(row => typeof row[1] === "number")
    .map(([, number]) => Number(tensors[number].bad ? NaN : (tensors[number].norm ?? 0)));
  return sizes.length ? Math.sqrt(sizes.reduce((sum, size) => sum + size * size, 0)) : null;
}

function layStrip() {
  const timed = frames.filter(frame => frame.t !== null),
    T = Math.max(-1, ...timed.map(frame => frame.t)) + 1;
  stops = [];
  if (T > 1) {
    const begins = timed.find(frame => frame.phase === "forward")?.index ?? 0;
    const parts = { encoder: [], start: [], loss: [] },
      holds = new Set();
    for (const frame of timed) for (const i of around(frame.index)) if (frames[i].t === null) holds.add(i);
    for (const frame of frames) {
      if (frame.t !== null || holds.has(frame.index)) continue;
      const forward = frame.phase === "forward" ? frame : (twinOf(frame) ?? frame);
      parts[
        forward.index > begins ? "loss" : /(^|\.)(encoder|sight)(\.|$)/.test(frame.path) ? "encoder" : "start"
      ].push(frame.index);
    }
    if (parts.encoder.length) stops.push({ name: "encoder", frames: parts.encoder });
    if (parts.start.length) stops.push({ name: "start", frames: parts.start });
    for (let t = 0; t < T; t++)
      stops.push({ name: `t${t + 1}`, t, frames: timed.filter(frame => frame.t === t).map(frame => frame.index) });
    if (parts.loss.length) stops.push({ name: "loss", frames: parts.loss });
    for (const stop of stops) {
      const outer = stop.frames
        .map(i => frames[i])
        .filter(f => f.phase === "backward" && (f.parent === null || frames[f.parent].t !== f.t || f.t === null));
      const rows = outer.flatMap(f => f.downstream),
        upstream = outer.flatMap(f => f.upstream);
      if (stop.t !== undefined) {
        const cells = outer.filter(f => f.downstream.some(([name]) => isState(name)));
        stop.carries = lengthOf(cells.flatMap(f => f.downstream.filter(([name]) => isState(name))));
        stop.seen = lengthOf(rows.filter(([name]) => isSeen(name)));
        stop.arrives = lengthOf(upstream.filter(([name]) => !isState(name)));
      } else if (stop.name === "encoder") stop.carries = lengthOf(outer.at(0)?.upstream ?? []);
      else if (stop.name === "loss")
        stop.carries = lengthOf(
          (outer.find(f => f.downstream.some(([name]) => /logit/.test(name))) ?? outer[0])?.downstream ?? [],
        );
    }
  } else {
    const leaves = frames.filter(f => f.phase === "forward" && !childrenOf(f.index).length).slice(0, 40);
    stops = leaves.map(f => ({
      name: f.path.split(".").at(-1),
      frames: [f.index, ...(f.twin === null ? [] : [f.twin])],
      carries: f.twin === null ? null : lengthOf(frames[f.twin].downstream),
    }));
  }
  let most = 0,
    sent = 0; // the most that has come to a stop from the loss, or gone from the first
  for (const stop of [...stops].reverse()) {
    // from the loss back
    if (stop.carries === null || stop.carries === undefined || (T > 1 && stop.t === undefined)) continue;
    sent = Math.max(sent, stop.arrives || 0, most ? 0 : stop.carries || 0);
    stop.share = most ? stop.carries / most : 1;
    stop.badge = isNaN(stop.carries)
      ? "not finite"
      : most && stop.carries < most / FADED
        ? "vanishes"
        : sent && stop.carries > FADED * sent
          ? "explodes"
          : "";
    most = Math.max(most, stop.carries || 0);
  }
}

const stopOf = index => stops.findIndex(stop => stop.frames.includes(index));
const wide = (length, most) =>
  !length || !most || isNaN(length) ? 0.6 : Math.max(0.8, 9 * (1 + Math.log10(length / most) / 3));

function drawStrip() {
  // an SVG as wide as it may be; a stop is a button with data-stop
  const width = $("strip").clientWidth || 800,
    count = stops.length || 1,
    step = width / count,
    boxWide = Math.min(Math.max(step * 0.68, step - 44, 30), stops.some(stop => stop.t !== undefined) ? 96 : 150),
    now = stopOf(here);
  const timed = stops.some(stop => stop.t !== undefined),
    most = Math.max(0, ...stops.map(stop => stop.carries || 0).filter(isFinite));
  const states =
    Math.max(
      0,
      ...stops
        .filter(stop => stop.t !== undefined)
        .map(stop => stop.carries || 0)
        .filter(isFinite),
    ) || most;
  const seen = Math.max(0, ...stops.map(stop => stop.seen || 0).filter(isFinite)),
    arrives = Math.max(0, ...stops.map(stop => stop.arrives || 0).filter(isFinite));
  const x = i => (i + 0.5) * step,
    top = timed ? 24 : 18,
    tall = 24,
    floor = top + tall + 12,
    ceiling = 8;
  const backward = frames[here].phase === "backward";
  const last = stops.length - 1,
    home = Math.max(
      0,
      stops.findIndex(stop => stop.name === "encoder"),
    );
  const parts = [];
  stops.forEach((stop, i) => {
    if (i) {
      // what leaves this stop for the one before it
      const length = timed && stop.t === undefined ? null : stop.carries,
        size = wide(length, timed ? states : most);
      if (length !== null && length !== undefined)
        parts.push(
          html`<path class="flow${now === i && backward ? " on" : ""}" stroke-width="${size.toFixed(1)}"
            d="M${x(i) - boxWide / 2} ${top + tall / 2 + 3}H${x(i - 1) + boxWide / 2 + 5}"><title>gradient from ${
              stop.name} back: ‖·‖ ${brief(length)}</title></path>`,
        );
      parts.push(html`<path class="ahead" d="M${x(i - 1) + boxWide / 2} ${top + 4}H${x(i) - boxWide / 2}"/>`);
    }
    if (timed && stop.t !== undefined) {
      if (stop.arrives)
        parts.push(
          html`<path class="flow" stroke-width="${wide(stop.arrives, arrives).toFixed(1)}"
            d="M${x(last)} ${ceiling}H${x(i)}V${top}"><title>gradient from the loss to ${stop.name}: ‖·‖ ${
              brief(stop.arrives)}</title></path>`,
        );
      if (stop.seen)
        parts.push(
          html`<path class="flow seen" stroke-width="${wide(stop.seen, seen).toFixed(1)}"
            d="M${x(i)} ${top + tall}V${floor}H${x(home)}V${top + tall}"><title>gradient from ${stop.name
              } to the photo's features, where it is added to the others: ‖·‖ ${brief(stop.seen)}</title></path>`,
        );
    }
  });
  stops.forEach((stop, i) => {
    const caption = captions[photo],
      k = stop.t === undefined || !caption ? null : said(caption, stop.t),
      word = k === null ? "" : caption.said[k];
    const label = word ? `${stop.name} ${word}` : stop.name,
      room = Math.floor(boxWide / (now === i ? 7 : 6.6));
    const lit = now === i ? " on" : now >= 0 && (backward ? i > now : i < now) ? " past" : "",
      bad = stop.frames.some(j => red(frames[j])) ? " red" : "";
    parts.push(html`<g class="stop${lit}${bad}" data-stop="${i}" tabindex="0" role="button" aria-label="${label}"><rect
      x="${x(i) - boxWide / 2}" y="${top}" width="${boxWide}" height="${tall}" rx="6"/>
      <text x="${x(i)}" y="${top + 16}" text-anchor="middle">${label.length <= room ? label : word && room < 7
        ? stop.name : label.slice(0, Math.max(room - 1, 2)) + "…"}</text>
      ${stop.badge ? html`<g class="badge"><rect x="${x(i) - Math.min(boxWide / 2, 27)}" y="${top + tall - 5}"
        width="${Math.min(boxWide, 54)}" height="13" rx="6"/><text x="${x(i)}"
          y="${top + tall + 5}" text-anchor="middle">${stop.badge}</text></g>` : ""}
      <title>${label}${stop.carries ? `: ‖gradient‖ ${brief(stop.carries)}` : ""}${stop.badge
        ? `. The gradient ${stop.badge} here: ${stop.share < 1 ? `1/${brief(1 / stop.share, 5)}`
          : brief(stop.share, 5) + " times"} of what it was nearer the loss` : ""}</title></g>`);
  });
  put(
    $("strip"),
    html`<svg viewBox="0 0 ${width} ${timed ? 70 : 58}" width="${width}" height="${timed ? 70 : 58}">${parts}</svg>`,
  );
}

function goStop(i) {
  // the same layer there, if it has one; else its first call in this phase
  const { path, phase } = frames[here],
    there = stops[i].frames.map(k => frames[k]);
  go((there.find(f => f.path === path && f.phase === phase) ?? there.find(f => f.phase === phase) ?? there[0])?.index);
}
