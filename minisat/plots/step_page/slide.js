"use strict";
// Sliders that recompute what was recorded: what would the look be at half the temperature, with this score, that gate?

let slid = {}; // {name: value} of the sliders of this call

const arrayOf = (rows, name) => {
  const row = rows?.find(([other]) => other === name);
  return row && typeof row[1] === "number" && tensors[row[1]].numbers ? tensors[row[1]] : null;
};

function slidersOf(frame) {
  // [{name, label, least, most, step, start}] of what can be tried in this call
  const { forward, backward } = bothOf(frame);
  if (kindOf(frame) === "Softmax" && arrayOf(forward?.inputs, "x")?.shape.length === 2) {
    const list = [
      {
        name: "temperature",
        label: "temperature",
        least: -2,
        most: 2,
        step: 0.1,
        start: 0,
        shown: v => (2 ** v).toFixed(2),
      },
    ];
    if (backward && penaltyPart(forward))
      list.push({
        name: "penalty",
        label: "penalty λ ×",
        least: 0,
        most: 5,
        step: 0.1,
        start: 1,
        shown: v => v.toFixed(1),
      });
    return [
      ...list,
      {
        name: "score",
        label: `score of ${placeSlid(forward)}`,
        least: -4,
        most: 4,
        step: 0.1,
        start: 0,
        shown: v => minus((v > 0 ? "+" : "") + v.toFixed(1)),
      },
    ];
  }
  if (kindOf(frame) === "LSTMCell" && arrayOf((backward ?? forward).cache, "gates")) {
    const { gate, unit, start } = gateSlid(frame);
    return [
      {
        name: "gate",
        label: `gate ${gate}, unit ${unit}`,
        least: gate === "g" ? -1 : 0,
        most: 1,
        step: 0.01,
        start,
        shown: v => minus(v.toFixed(2)),
      },
    ];
  }
  if (/Penalty$/.test(kindOf(frame)) && backward)
    return [
      { name: "penalty", label: "penalty λ ×", least: 0, most: 5, step: 0.1, start: 1, shown: v => v.toFixed(1) },
    ];
  return [];
}

function penaltyPart(forward) {
  // what the penalty says of this round's look: {numbers of (N, T, L), t}
  const frame = frames.find(f => /Penalty$/.test(kindOf(f)) && f.phase === "backward"),
    found = frame && arrayOf(frame.downstream, "dalphas");
  const t = captions[0] && forward.t !== null ? forward.t - captions[0].lead : -1;
  return found && found.shape.length === 3 && t >= 0 && t < found.shape[1] ? { tensor: found, t } : null;
}

function rowSlid(shape) {
  // of which photo, and which entry, the sliders speak: that which is asked about, else the largest
  return Math.min(photo, shape[0] - 1);
}

function entrySlid(forward) {
  const x = arrayOf(forward.inputs, "x"),
    [, L] = x.shape,
    n = rowSlid(x.shape);
  if (slid.entry !== undefined) return slid.entry;
  let best = 0;
  for (let i = 1; i < L; i++) if (x.numbers[n * L + i] > x.numbers[n * L + best]) best = i;
  return best;
}

function placeSlid(forward) {
  const i = entrySlid(forward),
    grid = gridOf(arrayOf(forward.inputs, "x").shape[1]);
  return grid ? `row ${Math.floor(i / grid[1][0]) + 1}, column ${(i % grid[1][0]) + 1}` : `entry ${i}`;
}

function gateSlid(frame) {
  const { forward, backward } = bothOf(frame),
    gates = arrayOf((backward ?? forward).cache, "gates"),
    H = gates.shape[1] / 4,
    n = rowSlid(gates.shape);
  const column = slid.column ?? H,
    gate = GATES.LSTMCell[Math.floor(column / H)];
  return { gate, unit: column % H, column, start: Math.round(100 * gates.numbers[n * 4 * H + column]) / 100 };
}

// -- what follows: {key of a view: its numbers, were it so}

function recomputed(frame) {
  const { forward, backward } = bothOf(frame),
    over = {};
  if (kindOf(frame) === "Softmax") {
    const x = arrayOf(forward.inputs, "x"),
      dy = arrayOf(backward?.upstream, "dy"),
      [N, L] = x.shape,
      heat = 2 ** (slid.temperature ?? 0),
      who = rowSlid(x.shape),
      entry = entrySlid(forward);
    const scores = Float64Array.from(x.numbers),
      y = new Float64Array(N * L),
      dx = new Float64Array(N * L),
      above = dy && Float64Array.from(dy.numbers),
      part = penaltyPart(forward);
    scores[who * L + entry] += slid.score ?? 0;
    for (let n = 0; n < N; n++) {
      const own = scores.subarray(n * L, n * L + L),
        top = Math.max(...own),
        e = Array.from(own, s => Math.exp((s - top) / heat)),
        sum = e.reduce((a, b) => a + b, 0);
      e.forEach((value, i) => {
        y[n * L + i] = value / sum;
      });
      if (!above) continue;
      if (part)
        for (let i = 0; i < L; i++)
          above[n * L + i] +=
            ((slid.penalty ?? 1) - 1) * part.tensor.numbers[(n * part.tensor.shape[1] + part.t) * L + i];
      let mean = 0;
      for (let i = 0; i < L; i++) mean += above[n * L + i] * y[n * L + i];
      for (let i = 0; i < L; i++) dx[n * L + i] = (y[n * L + i] * (above[n * L + i] - mean)) / heat;
    }
    Object.assign(over, {
      "input:x": scores,
      "output:y": y,
      ...(above ? { "dinput:dx": dx, "doutput:dy": above } : {}),
    });
    const seen = frames.find(
        f => kindOf(f) === "WeightedSum" && f.phase === "forward" && f.parent === forward.parent && f.t === forward.t,
      ),
      features = seen && arrayOf(seen.inputs, "features");
    if (features && features.shape[1] === L) {
      const D = features.shape[2],
        context = new Float64Array(N * D);
      for (let n = 0; n < N; n++)
        for (let i = 0; i < L; i++)
          for (let d = 0; d < D; d++) context[n * D + d] += y[n * L + i] * features.numbers[(n * L + i) * D + d];
      over["context"] = { numbers: context, number: seen.outputs[0][1] };
    }
  } else if (kindOf(frame) === "LSTMCell") recomputeGate(frame, over);
  else if (/Penalty$/.test(kindOf(frame))) {
    for (const [role, rows] of [
      ["output", forward.outputs],
      ["dinput", backward.downstream],
    ])
      for (const [name, number] of rows)
        if (typeof number === "number" && tensors[number].numbers)
          over[`${role}:${name}`] = tensors[number].numbers.map(v => v * (slid.penalty ?? 1));
  }
  return over;
}

function recomputeGate(frame, over) {
  const { forward, backward } = bothOf(frame),
    kept = name => arrayOf((backward ?? forward).cache, name),
    gates = kept("gates"),
    before = kept("c_prev"),
    N = gates.shape[0],
    H = gates.shape[1] / 4;
  const g = Float64Array.from(gates.numbers),
    { column } = gateSlid(frame),
    who = rowSlid(gates.shape);
  if (slid.gate !== undefined) g[who * 4 * H + column] = slid.gate;
  const h = new Float64Array(N * H),
    c = new Float64Array(N * H),
    tanh = new Float64Array(N * H),
    at = (n, k, j) => g[n * 4 * H + k * H + j];
  for (let n = 0; n < N; n++)
    for (let j = 0; j < H; j++) {
      const k = n * H + j;
      c[k] = at(n, 1, j) * before.numbers[k] + at(n, 0, j) * at(n, 2, j);
      tanh[k] = Math.tanh(c[k]);
      h[k] = at(n, 3, j) * tanh[k];
    }
  const own = rows => rows.filter(([, number]) => typeof number === "number"),
    [oh, oc] = own(forward.outputs);
  Object.assign(over, { "cache:gates": g, "cache:tanh_c": tanh, [`output:${oh[0]}`]: h, [`output:${oc[0]}`]: c });
  const W_x = backward && arrayOf(backward.parameters, "W_x"),
    W_h = backward && arrayOf(backward.parameters, "W_h");
  if (!backward || !W_x || !W_h) return;
  const [dh, dc] = own(backward.upstream).map(([, number]) => tensors[number].numbers),
    [dx, dhp, dcp] = own(backward.downstream),
    D = W_x.shape[0];
  const da = new Float64Array(N * 4 * H),
    dcPrev = new Float64Array(N * H);
  for (let n = 0; n < N; n++)
    for (let j = 0; j < H; j++) {
      const k = n * H + j,
        [i, f, u, o] = range(4).map(b => at(n, b, j)),
        through = dc[k] + dh[k] * o * (1 - tanh[k] ** 2);
      [
        through * u * i * (1 - i),
        through * before.numbers[k] * f * (1 - f),
        through * i * (1 - u * u),
        dh[k] * tanh[k] * o * (1 - o),
      ].forEach((value, b) => {
        da[n * 4 * H + b * H + j] = value;
      });
      dcPrev[k] = through * f;
    }
  const times = (W, rows) =>
    Float64Array.from(range(N * rows), m => {
      const n = Math.floor(m / rows),
        r = m % rows;
      let sum = 0;
      for (let k = 0; k < 4 * H; k++) sum += da[n * 4 * H + k] * W.numbers[r * 4 * H + k];
      return sum;
    });
  Object.assign(over, {
    [`dinput:${dx[0]}`]: times(W_x, D),
    [`dinput:${dhp[0]}`]: times(W_h, H),
    [`dinput:${dcp[0]}`]: dcPrev,
  });
  over["dweight:db"] = Float64Array.from(range(4 * H), k => range(N).reduce((sum, n) => sum + da[n * 4 * H + k], 0));
}

// -- the panel

function drawTools() {
  const list = slidersOf(frames[here]);
  put(
    $("tools"),
    !list.length
      ? ""
      : html`${list.map(s => html`<label class="slide"><span>${s.label}</span><input
        type="range" data-slide="${s.name}" min="${s.least}" max="${s.most}" step="${s.step}" value="${slid[s.name]
          ?? s.start}"><output>${s.shown(slid[s.name] ?? s.start)}</output></label>`)}<div class="slide"><button
            id="unslide" hidden>as it was</button><span class="muted" id="asif"></span></div>`,
  );
}

function slide(input) {
  const spec = slidersOf(frames[here]).find(s => s.name === input.dataset.slide);
  slid[spec.name] = +input.value;
  input.nextElementSibling.textContent = spec.shown(+input.value);
  follows();
}

function follows() {
  // draw anew what the sliders change
  const over = recomputed(frames[here]),
    moved = slidersOf(frames[here]).some(s => slid[s.name] !== undefined && slid[s.name] !== s.start);
  for (const [key, numbers] of Object.entries(over)) {
    const view = views.get(key);
    if (!view) continue;
    const item = { ...view.item, over: moved ? numbers : undefined },
      fresh = draw(item, view.plan);
    fresh.classList.toggle("asif", moved);
    view.element.replaceWith(fresh);
  }
  document.querySelector("#tools .tensor")?.remove();
  views.delete("asif:context");
  if (over.context && moved) {
    const item = {
      role: "cache",
      key: "asif:context",
      name: "context",
      label: "context",
      number: over.context.number,
      side: "middle",
      class: "WeightedSum",
      over: over.context.numbers,
    };
    const element = draw(item, layout(item, $("tools").clientWidth, 60, true));
    element.classList.add("asif");
    $("tools").append(element);
  }
  $("unslide").hidden = !moved;
  $("asif").textContent = moved ? "as it would be: what comes in is held" : "";
}
