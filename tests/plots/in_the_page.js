// What the tests of the stepper ask of its page, run inside it.

const text = id => document.getElementById(id).textContent;

function namesOnScreen() {  // of the tensors, column by column
  return [...document.querySelectorAll("#screen .column")].map(c => [...c.querySelectorAll(".tensor")].map(t => t.dataset.view));
}

function rowsOf(view) {  // the numbers of a table, as they are written
  return [...document.querySelectorAll(`[data-view="${view}"] tr:not(.indices)`)]
    .map(row => [...row.querySelectorAll("td")].map(cell => cell.textContent));
}

const goTo = wanted => go(frames.find(wanted).index);

// What of the results is not wholly in the window, or covered: [[frame, path, view, px below the edge, px beyond the column]]
function hidden(which) {
  const lost = [];
  for (const i of which ?? frames.keys()) {
    go(i);
    const foot = document.getElementById("why").getBoundingClientRect().top;
    const all = [...document.querySelectorAll("#screen .tensor")], of = role => all.filter(e => e.classList.contains(role));
    const results = [...of("output"), ...of("dinput").length ? of("dinput") : of("dweight")];
    const { forward, backward } = bothOf(frames[i]);
    const due = [...forward?.outputs ?? [], ...backward?.downstream ?? []].filter(row => typeof row[1] === "number");
    if (due.length > results.length) lost.push([i, "missing"]);
    for (const element of results) {
      const r = element.querySelector(".body").firstElementChild.getBoundingClientRect();
      const column = element.closest(".column").getBoundingClientRect(), below = r.bottom - Math.min(foot, column.bottom);
      const beyond = r.right - Math.min(innerWidth, column.right);
      if (r.height < 4 || r.width < 4 || r.top < 0 || r.left < 0 || below > 0.5 || beyond > 1.5)
        lost.push([i, frames[i].path, element.dataset.view, Math.round(below), Math.round(beyond)]);
    }
  }
  return lost;
}

// Where the peak of a look at cell [r, c] is drawn, and where its entry is lit: shares of the photo, across and down.
function peakOfLook(r, c) {
  const { grid } = captions[0], [[rows], [columns]] = grid, alpha = new Array(rows * columns).fill(0.01);
  alpha[r * columns + c] = 1;
  const canvas = document.createElement("canvas");
  shade(canvas, shares(alpha), grid);
  const { data } = canvas.getContext("2d").getImageData(0, 0, SIDE, SIDE);
  let best = 0, place = [0, 0];
  for (let i = 0; i < SIDE * SIDE; i++) {
    const light = (2 * data[4 * i] - 255) * data[4 * i + 3];
    if (light > best) [best, place] = [light, [(i % SIDE + 0.5) / SIDE, (Math.floor(i / SIDE) + 0.5) / SIDE]];
  }
  const view = views.get("output:y"), [{ x, y, p }] = view.boxes, box = cellBox(view, p.at(r, c)), side = view.plan.x * p.columns;
  return [place, [(box[0] - x + box[2] / 2) / side, (box[1] - y + box[3] / 2) / side]];
}

// How far recomputed numbers are from the recorded ones, by tensor, in the largest of these.
function offBy(over) {
  return Object.fromEntries(Object.entries(over).filter(([key]) => views.has(key)).map(([key, numbers]) => {
    const { tensor } = views.get(key), most = Math.max(...tensor.numbers.map(Math.abs), 1e-30);
    return [key, Math.max(...Array.from(numbers, (x, i) => Math.abs(x - tensor.numbers[i]))) / most];
  }));
}

function setSlider(name, value) {
  const input = document.querySelector(`[data-slide="${name}"]`);
  input.value = value;
  input.dispatchEvent(new Event("input", { bubbles: true }));
}

// [how many, those that no rule makes or that a rule makes otherwise]: the largest entry of each result of some calls.
function unexplained(which) {
  const wrong = [];
  let count = 0;
  for (const i of which) {
    go(i);
    for (const view of walkable().filter(view => /output|dinput|dweight/.test(view.item.role) && view.item.role !== "doutput")) {
      const flat = largestOf(view), found = reasonOf(view, flat), x = view.numbers[flat];
      const most = Math.max(Math.abs(x), ...(found?.terms ?? []).map(term => Math.abs(term.value)));
      count++;
      if (!found || Math.abs(found.value - x) > 1e-5 * most) wrong.push([i, frames[i].class, view.item.key, found?.value, x]);
    }
  }
  return [count, wrong];
}
