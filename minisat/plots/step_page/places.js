"use strict";
// Where the entries of a drawn tensor lie: under the pointer, and alight.

function cellBox(view, flat) {
  // in the view's canvas, px; null where the entry is not drawn
  for (const { x, y, p } of view.boxes ?? []) {
    const { plan } = view;
    if (!p.places) {
      p.places = new Map();
      for (let r = 0; r < p.rows; r++) for (let c = 0; c < p.columns; c++) p.places.set(p.at(r, c), [r, c]);
    }
    const place = p.places.get(flat);
    if (!place) continue;
    if (plan.shape.style === "look") {
      const [top, tall, left, wide] = p.grid.flatMap(([, middle, pitch, size]) => [
        (middle + 0.5 - pitch / 2) / size,
        pitch / size,
      ]);
      const [r, c] = place,
        w = plan.x * p.columns,
        h = plan.y * p.rows;
      return [x + (left + c * wide) * w, y + (top + r * tall) * h, wide * w, tall * h];
    }
    return [x + place[1] * plan.x, y + place[0] * plan.y, plan.x, plan.y];
  }
  return null;
}

function entryUnder(event) {
  // {view, flat} under the pointer, or null
  const element = event.target.closest?.("[data-view]"),
    view = element && views.get(element.dataset.view);
  if (!view) return null;
  const marked = event.target.closest("[data-i]");
  if (marked) return { view, flat: +marked.dataset.i };
  if (!view.canvas) return null;
  const bounds = view.canvas.getBoundingClientRect(),
    px = event.clientX - bounds.x,
    py = event.clientY - bounds.y,
    { plan } = view;
  for (const { x, y, p } of view.boxes) {
    let r, c;
    if (plan.shape.style === "look") {
      const [down, across] = p.grid.map(([count, middle, pitch, size], k) =>
        Math.min(
          count - 1,
          Math.max(
            0,
            Math.round(
              ((k ? (px - x) / plan.x / p.columns : (py - y) / plan.y / p.rows) * size - 0.5 - middle) / pitch,
            ),
          ),
        ),
      );
      if (px < x || py < y || px > x + plan.x * p.columns || py > y + plan.y * p.rows) continue;
      [r, c] = [down, across];
    } else [r, c] = [Math.floor((py - y) / plan.y), Math.floor((px - x) / plan.x)];
    if (r >= 0 && c >= 0 && r < p.rows && c < p.columns) return { view, flat: p.at(r, c) };
  }
  return null;
}

function light(view, flats, style = "lit") {
  // mark entries: "here" the one that is asked about, "lit" those that made it
  if (view.canvas) {
    if (view.plan.words)
      for (const cell of view.element.querySelectorAll(".words [data-i]"))
        if (flats.includes(+cell.dataset.i)) cell.classList.add(style);
    const context = view.over.getContext("2d");
    context.setTransform(view.dots, 0, 0, view.dots, 0, 0);
    const colour = style === "here" ? (dark.matches ? "#ff6fb5" : "#d6006c") : dark.matches ? "#5fe08b" : "#0b7a3b";
    context.lineWidth = style === "here" ? 2 : 1.5;
    for (const flat of flats) {
      const box = cellBox(view, flat);
      if (!box) continue;
      const grow = Math.max(0, 5 - box[2]) / 2,
        tall = Math.max(0, 5 - box[3]) / 2;
      context.strokeStyle = colour;
      context.strokeRect(box[0] - grow + 0.5, box[1] - tall + 0.5, box[2] + 2 * grow - 1, box[3] + 2 * tall - 1);
    }
  } else {
    const wanted = new Set(flats);
    for (const cell of view.element.querySelectorAll("[data-i]"))
      if (wanted.has(+cell.dataset.i)) cell.classList.add(style);
  }
  view.element.classList.add(style === "here" ? "asked" : "shines");
}

function unlight() {
  for (const view of views.values()) {
    view.element.classList.remove("asked", "shines");
    if (view.over) {
      const c = view.over.getContext("2d");
      c.setTransform(1, 0, 0, 1, 0, 0);
      c.clearRect(0, 0, view.over.width, view.over.height);
    }
    for (const cell of view.element.querySelectorAll(".lit, .here")) cell.classList.remove("lit", "here");
  }
}
