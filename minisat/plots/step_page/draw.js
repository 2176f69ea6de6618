"use strict";
// A tensor as a table of coloured numbers, as maps, or as looks over the photo; each knows where its entries lie.

const dark = matchMedia("(prefers-color-scheme: dark)");
const HEAD = 17,
  TITLE = 12,
  GAP = 6;
const views = new Map(); // "role:name" → what is drawn of it now

const BROKEN = [255, 0, 200];
const colours = () => (dark.matches ? [[95, 160, 255], [255, 160, 60]] : [[25, 95, 205], [214, 100, 0]]);
const strength = (value, peak) => (isFinite(value) ? 255 * Math.min(1, Math.abs(value) / peak) ** 0.7 : 255);

function tone(value, peak) {
  // [r, g, b, a]: blue below zero, orange above, magenta where not finite
  return [...(isFinite(value) ? colours()[+(value >= 0)] : BROKEN), strength(value, peak)];
}

function scaleOf(item) {
  // what a full colour stands for
  if (!item.over) return peakOf(tensors[item.number]);
  return Math.max(
    peakOf(tensors[item.number]),
    item.over.reduce((most, x) => Math.max(most, Math.abs(x)), 0),
  );
}

// How it is laid out `width` wide and at most `most` high: {kind, height, …}. `few`: the chosen photo alone.
function layout(item, width, most, few) {
  const plan = planOf(item, width, most, few),
    words =
      WORDED.test(item.name) &&
      plan.shape.axes.at(-1) === "V" &&
      trace.words &&
      tensors[item.number].numbers &&
      most > 30;
  return words ? { ...plan, words: true, height: plan.height + 18 } : plan;
}

const WORDED = /^d?(logits|p|y|output\[0\]|upstream\[0\])$/; // numbers of which there is one a word

function planOf(item, width, most, few) {
  const shape = shapeOf(item, few),
    { panels, style } = shape;
  const base = { shape, width };
  if (style === "empty") return { ...base, kind: "text", height: 16 };
  if (style === "scalar") return { ...base, kind: "scalar", height: 24 };
  if (style === "ids")
    return {
      ...base,
      kind: "table",
      height: panels[0].rows * 18,
      cell: Math.min(70, (width - 30) / panels[0].columns),
    };
  if (style === "table" || (style === "map" && panels.length === 1)) {
    const entries = panels.reduce((sum, p) => sum + p.rows * p.columns, 0),
      { columns } = panels[0];
    const names = panels[0].rowNames
      ? Math.min(52, 8 + 6.4 * Math.max(...panels[0].rowNames.map(x => String(x).length)))
      : 0;
    const cell = Math.min(46, (width - names) / columns),
      title = panels.some(p => p.title) ? TITLE : 0;
    const indices = columns > 1 && most > 60 ? 11 : 0;
    const height = panels.reduce((sum, p) => sum + p.rows * 17 + indices + title, 0) + (panels.length - 1) * 4;
    if (entries <= 128 && cell >= 23.5 && height <= most)
      return { ...base, kind: "table", height, cell, names, indices, title };
    if (shape.square && entries <= 100 && cell >= 23.5 && height <= most)
      return { ...base, kind: "table", height, cell, names, indices, title };
  }
  if (
    style === "map" &&
    (shape.gates || (shape.square && panels.length <= 2)) &&
    (shape.gates ? panels.length : 1) * panels[0].rows * panels[0].columns <= 100
  ) {
    // small grids, and gates, with their numbers
    const across = panels.length,
      names = shape.gates && panels[0].rowNames ? 14 : 0,
      cell = Math.min(46, (width - names - 8 * (across - 1)) / across / panels[0].columns),
      title = panels.some(p => p.title) ? TITLE : 0;
    const height = panels[0].rows * 17 + title;
    if (cell >= 23.5 && height <= most)
      return { ...base, kind: "table", across: true, height, cell, names, indices: 0, title };
  }
  // maps: as large as fits, panels side by side
  const { rows, columns } = panels[0],
    square = shape.square || shape.gates,
    title = panels.some(p => p.title) ? TITLE : 0,
    gap = panels.length > 24 ? 2 : 5;
  let best = null;
  for (let across = 1; across <= panels.length; across++) {
    const down = Math.ceil(panels.length / across);
    if (shape.gates && across < panels.length) continue;
    const w = (width - gap * (across - 1)) / across / columns,
      h = ((most - gap * (down - 1)) / down - title) / rows;
    if (h <= 0) continue;
    const x = shape.square ? Math.min(w, h, style === "look" ? 200 : 40) : Math.min(w, 34),
      y = shape.square ? x : Math.min(h, 18, Math.max(x, 12));
    if (!best || x * y > best.x * best.y * 1.001) best = { across, down, x, y };
  }
  best ??= { across: panels.length, down: 1, x: Math.min(width / panels.length / columns, 4), y: 2 };
  if (style === "look" && best.x * columns > 190) {
    best.x = best.y = 190 / columns;
  }
  const { across, down, x, y } = best;
  return {
    ...base,
    kind: "map",
    across,
    down,
    x,
    y,
    title,
    gap,
    height: Math.ceil(down * (rows * y + title) + gap * (down - 1)),
    square,
  };
}

// -- drawing

function head(item, tensor, axes) {
  const shape = axes.map((name, i) => html`${i ? " × " : ""}${name ? html`<i>${name}</i>` : ""}${tensor.shape[i]}`);
  return html`<b>${item.label}</b><span class="axes">${item.role === "should" ? "should be"
    : tensor.shape.length ? shape : ""}</span><span
    class="power"></span>`;
}

function figures(tensor) {
  const { min, max, mean, std, norm, zeros, bad } = tensor;
  const parts =
    min === undefined
      ? []
      : [`${minus(min)} … ${minus(max)}`, `mean ${minus(mean)}`, `std ${std}`, `‖·‖ ${norm}`];
  if (zeros > 0) parts.push(`${Math.round(100 * zeros)} % zeros`);
  if (bad) parts.push(`${bad} not finite`);
  return parts.join(" · ");
}

function draw(item, plan) {
  // an element that shows it; joins `views`
  const tensor = tensors[item.number],
    element = document.createElement("div");
  element.className = `tensor ${item.role}${tensor.bad ? " bad" : ""}`;
  element.dataset.view = item.key;
  put(
    element,
    html`<header title="${item.role === "should" ? "what a nudge of every entry says; " : ""}${figures(tensor)}">${head(item, tensor, plan.shape.axes)}${tensor.norm !== undefined
      && countOf(tensor) > 1 && item.role !== "should" && !/int|bool/.test(tensor.dtype) ? html`<span class="norm">‖·‖ ${tensor.norm}</span>` : ""}</header>`,
  );
  const body = document.createElement("div");
  body.className = "body";
  const view = { item, tensor, plan, element, body, numbers: item.over ?? tensor.numbers };
  views.set(item.key, view);
  if (plan.kind === "chip" || plan.kind === "text") {
    element.classList.add("chip");
    if (plan.kind === "text") put(body, countOf(tensor) ? "not recorded" : "empty");
  } else if (plan.kind === "scalar")
    put(body, html`<span class="number" data-i="0">${brief(view.numbers[0], 9)}</span>`);
  else if (plan.kind === "table") drawTable(view);
  else drawMap(view);
  element.append(body);
  if (item.should !== undefined) markWrong(view);
  if (plan.words) element.append(drawWords(view));
  return element;
}

const OFF = 1e-4; // of the largest entry: numeric gradients have their own rounding

function wrongIn(view) {
  // the entries that differ from what every nudge says
  const should = tensors[view.item.should].numbers,
    own = view.tensor.numbers;
  if (!should || !own) return [];
  const peak = should.reduce((most, x) => Math.max(most, Math.abs(x)), 1e-30);
  return range(own.length).filter(i => !(Math.abs(own[i] - should[i]) <= OFF * peak));
}

function markWrong(view) {
  view.wrong = new Set(wrongIn(view));
  view.element.classList.toggle("off", view.wrong.size > 0);
  if (!view.canvas)
    for (const cell of view.element.querySelectorAll("[data-i]"))
      cell.classList.toggle("wrong", view.wrong.has(+cell.dataset.i));
  else {
    const context = view.canvas.getContext("2d");
    context.strokeStyle = getComputedStyle(document.body).getPropertyValue("--red");
    for (const flat of view.wrong) {
      const box = cellBox(view, flat);
      if (box) context.strokeRect(box[0] + 0.5, box[1] + 0.5, Math.max(box[2] - 1, 1), Math.max(box[3] - 1, 1));
    }
  }
}

// The power of ten that the numbers of a table share, where they are all small, or one is large.
const powerOf = peak => ((peak >= 0.095 && peak < 1000) || peak < 1e-29 ? 0 : Math.floor(Math.log10(peak * 1.0001)));

function drawTable(view) {
  const { item, tensor, plan, body, numbers } = view,
    { shape, cell } = plan,
    peak = scaleOf(item),
    ids = shape.style === "ids";
  const room = cell >= 44 ? 6 : cell >= 34 ? 5 : 4,
    power = ids ? 0 : powerOf(peak),
    whole = tensor.dtype.startsWith("int") || tensor.dtype === "bool";
  const written = x =>
    x === 0 || !isFinite(x) || whole
      ? brief(x, 6)
      : fixed(x / 10 ** power, Math.max(power ? 1 : 0, room - 3 - (power ? 0.5 : 0)), room);
  const text = i => (ids ? (trace.words[numbers[i]] ?? numbers[i]) : written(numbers[i]));
  if (power) put(view.element.querySelector(".power"), html`×10<sup>${minus(power)}</sup>`);
  body.classList.toggle("across", !!plan.across);
  put(
    body,
    shape.panels.map(
      p => html`<table>${plan.title ? html`<caption>${p.title}</caption>` : ""}
    ${plan.indices ? html`<tr class="indices">${plan.names ? html`<th></th>`
      : ""}${range(p.columns).map(c => html`<th>${plan.cell > 38 && p.columnNames ? p.columnNames[c] : c}</th>`)}</tr>`
        : ""}
    ${range(p.rows).map(r => html`<tr class="${p.marked === r ? "marked" : ""}">${p.rowNames
      ? html`<th>${p.rowNames[r]}</th>` : ""}${range(p.columns).map(c => html`<td data-i="${p.at(r, c)}">${text(p.at(r,
        c))}</td>`)}</tr>`)}</table>`,
    ),
  );
  for (const td of body.querySelectorAll("td")) {
    td.style.width = `${cell}px`;
    const [r, g, b, a] = ids ? [0, 0, 0, 0] : tone(numbers[td.dataset.i], peak);
    td.style.backgroundColor = `rgba(${r}, ${g}, ${b}, ${((a / 255) * 0.62).toFixed(3)})`;
  }
}

function drawWords(view) {
  // of a row of numbers one a word: the largest, and what was said
  const { panels } = view.plan.shape,
    p = panels.find(panel => panel.n === photo) ?? panels[0],
    r = p.rows === 1 ? 0 : moment === null ? 0 : Math.min(p.rows - 1, moment - (captions[photo]?.lead ?? 0));
  const line = document.createElement("p"),
    row = range(p.columns)
      .map(c => [view.numbers[p.at(r, c)], c])
      .sort((a, b) => Math.abs(b[0]) - Math.abs(a[0]));
  const best = row.slice(0, 5),
    right = trace.words.indexOf(captions[photo]?.said[r]),
    own = row.find(([, c]) => c === right);
  if (p.rows > 1 && own && !best.includes(own)) best[4] = own;
  line.className = "words";
  put(
    line,
    p.rowNames ? html`<i>${p.rowNames[r]}:</i> ` : "",
    best.map(
      ([x, c]) =>
        html`<span class="${c === right && p.rows > 1 ? "said"
          : ""}" data-i="${p.at(r, c)}">${trace.words[c]} ${brief(x, 6)}</span>`,
    ),
  );
  return line;
}

const pictures = new Map(); // data URI → Image, once loaded
function pictureOf(n) {
  const uri = captions[n]?.photo;
  if (!uri) return null;
  if (!pictures.has(uri)) {
    const image = new Image();
    pictures.set(uri, image);
    image.onload = () => {
      image.ready = true;
      show();
    };
    image.src = uri;
  }
  const image = pictures.get(uri);
  return image.ready ? image : null;
}

function drawMap(view) {
  const { item, tensor, plan, body } = view,
    { shape, across, x, y, title, gap } = plan,
    dots = devicePixelRatio || 1,
    peak = scaleOf(item);
  const canvas = document.createElement("canvas"),
    context = canvas.getContext("2d");
  const width = across * shape.panels[0].columns * x + gap * (across - 1);
  canvas.width = Math.max(1, Math.round(width * dots));
  canvas.height = Math.max(1, Math.round(plan.height * dots));
  canvas.style.width = `${width}px`;
  canvas.style.height = `${plan.height}px`;
  context.scale(dots, dots);
  const [ink, ground] = dark.matches ? ["#e7ebf0", "#1e252f"] : ["#17202b", "#fafbfc"];
  let read = i => view.numbers[i];
  if (shape.style === "blocks") {
    const bytes = Int8Array.from(atob(tensor.picture.cells), c => c.charCodeAt(0));
    read = i => (bytes[i] === -128 ? NaN : (bytes[i] / 127) * tensor.picture.scale);
  }
  const painted = shape.style === "look" ? null : atlas(shape.panels, read, peak);
  view.boxes = shape.panels.map((p, k) => {
    const box = {
      x: (k % across) * (p.columns * x + gap),
      y: Math.floor(k / across) * (p.rows * y + title + gap) + title,
      p,
    };
    if (p.title && x * p.columns > 8) {
      context.fillStyle = ink;
      context.font = "10px system-ui, sans-serif";
      context.globalAlpha = 0.75;
      context.fillText(p.title, box.x, box.y - 3, p.columns * x);
      context.globalAlpha = 1;
    }
    if (shape.style === "look") {
      drawLook(context, p, box, p.columns * x, p.rows * y, read);
      return box;
    }
    context.fillStyle = ground;
    context.fillRect(box.x, box.y, p.columns * x, p.rows * y);
    context.imageSmoothingEnabled = x * dots < 1 || y * dots < 1;
    const [left, top] = painted.at(k);
    context.drawImage(painted.canvas, left, top, p.columns, p.rows, box.x, box.y, p.columns * x, p.rows * y);
    return box;
  });
  const over = document.createElement("canvas");
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", `${item.label}, ${tensor.shape.join(" × ")}: ${figures(tensor)}`);
  over.className = "over";
  over.width = canvas.width;
  over.height = canvas.height;
  over.style.width = canvas.style.width;
  over.style.height = canvas.style.height;
  Object.assign(view, { canvas, over, dots });
  const frame = document.createElement("div");
  frame.className = "canvas";
  frame.append(canvas, over);
  body.append(frame);
}

const TALLEST = 8192; // of a canvas

function atlas(panels, read, peak) {
  // all panels, one pixel an entry, on one canvas: {canvas, at(k) → where panel k begins}
  const { rows, columns } = panels[0],
    down = Math.max(1, Math.floor(TALLEST / rows)),
    canvas = document.createElement("canvas"),
    at = k => [Math.floor(k / down) * columns, (k % down) * rows];
  canvas.width = Math.ceil(panels.length / down) * columns;
  canvas.height = Math.min(panels.length, down) * rows;
  const context = canvas.getContext("2d"),
    image = context.createImageData(canvas.width, canvas.height),
    both = colours();
  panels.forEach((p, k) => {
    const [left, top] = at(k);
    for (let r = 0; r < p.rows; r++)
      for (let c = 0, i = 4 * ((top + r) * canvas.width + left); c < p.columns; c++, i += 4) {
        const value = read(p.at(r, c)),
          full = isFinite(value) ? both[+(value >= 0)] : BROKEN;
        image.data[i] = full[0];
        image.data[i + 1] = full[1];
        image.data[i + 2] = full[2];
        image.data[i + 3] = strength(value, peak);
      }
  });
  context.putImageData(image, 0, 0);
  return { canvas, at };
}

function drawLook(context, p, box, width, height, read) {
  // the photo, dark where few of the shares are
  const image = pictureOf(p.n),
    share = shares(range(p.rows * p.columns).map(k => read(p.at(Math.floor(k / p.columns), k % p.columns))));
  context.fillStyle = "#888";
  context.fillRect(box.x, box.y, width, height);
  context.imageSmoothingEnabled = true;
  if (image) context.drawImage(image, box.x, box.y, width, height);
  if (!share.every(isFinite) || !Math.max(...share)) return;
  context.drawImage(veilOf(share, p.grid), box.x, box.y, width, height);
}

const veils = new Map();
function veilOf(share, grid) {
  // what `shade` draws, kept for the next time
  const key = `${share.map(x => x.toPrecision(4))}|${grid}`;
  if (!veils.has(key)) {
    if (veils.size > 400) veils.clear();
    veils.set(key, document.createElement("canvas"));
    shade(veils.get(key), share, grid);
  }
  return veils.get(key);
}
