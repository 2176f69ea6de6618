"use strict";
// One call on one screen: forward on the left, what it leaves in the cache between, backward of the same call right.

// What a call is about, as items {role, key, name, number, class, parameter}; text entries (a generator, none) apart.
function itemsOf(frame) {
  const { forward, backward } = bothOf(frame),
    items = [],
    words = { left: [], right: [] };
  const add = (role, rows, side, more = {}) => {
    for (const [name, number] of rows ?? []) {
      if (typeof number === "string") words[side].push([name, number]);
      else
        items.push({
          role,
          key: `${role}:${name}`,
          name,
          number,
          side,
          class: kindOf(frame),
          rules: (side === "right" ? backward : forward)?.rules,
          others: (side === "right" ? forward : backward)?.rules,
          ...more,
        });
    }
  };
  add("input", forward?.inputs, "left");
  add(
    "weight",
    backward?.parameters.map(([name, value]) => [name, value]),
    "left",
    { parameter: true },
  );
  add("output", forward?.outputs, "left");
  add("dinput", backward?.downstream, "right");
  add(
    "dweight",
    backward?.parameters.map(([name, , gradient]) => [`d${name}`, gradient]),
    "right",
    { parameter: true },
  );
  add("doutput", backward?.upstream, "right");
  const known = new Map(items.filter(item => ["input", "output"].includes(item.role)).map(item => [item.number, item]));
  const kept = [];
  for (const [name, number] of (backward ?? forward).cache) {
    if (typeof number === "string") kept.push([name, number]);
    else if (known.has(number)) kept.push([name, known.get(number)]);
    else
      items.push({
        role: "cache",
        key: `cache:${name}`,
        name,
        number,
        side: "middle",
        class: kindOf(frame),
        rules: (backward ?? forward).rules,
        others: forward?.rules,
      });
  }
  name(items, forward, backward);
  for (const [wrong, number] of backward?.numbers ?? []) beside(items, wrong, number);
  return { items, kept, words };
}

const kindOf = frame => frame.kind ?? frame.class; // somebody's own backward of a layer that the page knows

// After a gradient that is wrong, what every nudge says that it should be.
function beside(items, wrong, number) {
  const at = items.findIndex(item => item.name === wrong && (item.role === "dinput" || item.role === "dweight"));
  if (at < 0 || !tensors[number]) return;
  const own = items[at];
  if (`${tensors[own.number].shape}` !== `${tensors[number].shape}`) return;
  own.should = number;
  items.splice(at + 1, 0, { ...own, role: "should", key: `should:${wrong}`, number, should: undefined });
}

// What a tensor is called in the formulas: dh, dc where the call was given one state of two.
function name(items, forward, backward) {
  for (const [frame, roles] of [
    [forward, ["input", "output"]],
    [backward ?? forward, ["cache"]],
    [backward, ["dinput", "doutput", "dweight"]],
  ]) {
    const names = frame?.names ?? [],
      own = items.filter(item => roles.includes(item.role)),
      taken = new Set(own.map(item => item.name));
    for (const item of own) {
      const fits = names.filter(
        ([name, number]) => number === item.number && !taken.has(name) && (roles.length < 3 || name[0] === "d"),
      );
      item.label =
        names.some(([name, number]) => name === item.name && number === item.number) || !fits.length
          ? item.name
          : fits[0][0];
      if (item.label !== item.name) taken.add(item.label);
    }
  }
  for (const item of items) item.label ??= item.name;
}

// -- fitting: the least important gives way first, y and dx last

const LEVELS = [
  [230, false],
  [150, true],
  [104, true],
  [66, true],
  [40, true],
  [24, true],
];
const YIELDS = { left: ["weight", "input", "output"], right: ["doutput", "dweight", "dinput"], middle: ["cache"] };

function planned(item, width, level) {
  if (level >= LEVELS.length) return { kind: "chip", height: 0, shape: shapeOf(item, true), width };
  const [most, few] = LEVELS[level];
  return layout(item, width, most, few);
}

function rowsIn(items, width, packed) {
  // what stands side by side: a wrong gradient and what it should be; where room is short, two narrow tables
  const rows = [],
    half = (width - GAP) / 2,
    narrow = item => packed && /table|scalar/.test(planned(item, half, 0).kind);
  for (const item of items) {
    const last = rows.at(-1);
    if (item.role === "should" || (last?.length === 1 && last[0].should === undefined && item.should === undefined
      && narrow(item) && narrow(last[0]))) last.push(item);
    else rows.push([item]);
  }
  return rows;
}

function fitted(items, side, width, room, opened) {
  // {rows, plans: Map(item → plan)} with a total height of at most `room`, if that can be
  const stacked = arranged(items, side, width, room, opened, false);
  return stacked.level === 0 ? stacked : arranged(items, side, width, room, opened, true);
}

function arranged(items, side, width, room, opened, packed) {
  const rows = rowsIn(items, width, packed),
    across = new Map(rows.flatMap(row => row.map(item => [item, row.length > 1 ? (width - GAP) / 2 : width]))),
    plans = new Map(items.map(item => [item, planned(item, across.get(item), 0)]));
  const results = items.some(item => item.role === "dinput") ? ["output", "dinput"] : ["output", "dweight"];
  const total = () =>
    rows.reduce((sum, row) => sum + HEAD + Math.max(...row.map(item => plans.get(item).height)) + GAP, 0);
  let level = 0;
  for (let depth = 1; depth <= LEVELS.length && total() > room; depth++) {
    for (const role of YIELDS[side]) {
      for (const row of rows
        .filter(row => row[0].role === role)
        .sort((a, b) => plans.get(b[0]).height - plans.get(a[0]).height)) {
        if (total() <= room) break;
        if (results.includes(role) && depth > LEVELS.length - 1) continue;
        for (const item of row) {
          if (item.key === opened) continue;
          const less = planned(item, across.get(item), depth);
          if (less.height < plans.get(item).height) plans.set(item, less);
          level = depth;
        }
      }
    }
  }
  return { rows, plans, level };
}

// -- the screen of a call

let opened = null; // a tensor that is wanted large
const narrow = matchMedia("(max-width: 760px)");

function column(side, title, { rows, plans }, texts) {
  const element = document.createElement("div");
  element.className = `column ${side}`;
  if (title) put(element, title);
  for (const row of rows) {
    const drawn = row.map(item => draw(item, plans.get(item)));
    if (row.length === 1) element.append(...drawn);
    else {
      const pair = Object.assign(document.createElement("div"), { className: "pair" });
      pair.append(...drawn);
      element.append(pair);
    }
  }
  if (texts?.length) {
    const line = document.createElement("p");
    line.className = "kept";
    put(
      line,
      texts.map(
        ([name, text]) => html`<span><b>${name}</b> ${text.role ? `= the ${text.role} ${text.label}` : text}</span>`,
      ),
    );
    element.append(line);
  }
  return element;
}

function callScreen(frame, room, width) {
  views.clear();
  const { items, kept, words } = itemsOf(frame),
    one = narrow.matches;
  const of = side => items.filter(item => item.side === side),
    mid = of("middle");
  const { forward, backward } = bothOf(frame),
    gap = 14;
  const middle = one ? width : Math.min(Math.max(width * 0.27, 250), 460),
    wide = one ? width : (width - middle - 2 * gap) / 2;
  const right = of("right"),
    left = of("left");
  const textRoom = list => (list.length ? 20 : 0),
    height = room - 22;
  const plansLeft = fitted(left, "left", wide, one ? Infinity : height - textRoom(words.left), opened);
  const plansRight = fitted(right, "right", wide, one ? Infinity : height - textRoom(words.right), opened);
  const plansMiddle = fitted(
    mid,
    "middle",
    one ? width : middle - 24,
    one ? Infinity : height * (slidersOf(frame).length ? 0.42 : 0.5),
    opened,
  );
  const first = html`<h3 class="way ${frame.phase === "forward" ? "now" : ""}"><span>forward →</span></h3>`;
  const second = html`<h3 class="way ${frame.phase === "backward" ? "now" : ""}"><span>← backward</span></h3>`;
  const screen = document.createElement("div");
  screen.className = "call";
  const middleColumn = column("middle", html`<h3 class="way"><span>cache</span></h3>`, plansMiddle, kept);
  if (!mid.length && !kept.length)
    middleColumn.append(
      Object.assign(document.createElement("p"), { className: "muted", textContent: "Nothing is kept." }),
    );
  const above = document.createElement("div"),
    below = document.createElement("div");
  above.className = below.className = "formulas";
  put(above, formulas(forward));
  put(below, formulas(backward));
  const tools = document.createElement("div");
  tools.id = "tools";
  middleColumn.prepend(tools, above);
  middleColumn.append(below);
  screen.append(
    column("left", first, plansLeft, words.left),
    middleColumn,
    column("right", second, plansRight, words.right),
  );
  if (!one) {
    screen.style.gridTemplateColumns = `${wide}px ${middle}px ${wide}px`;
    screen.style.height = `${room}px`;
  }
  return screen;
}

// -- which lines say what it does

function formulas(frame) {
  const source = frame && sources[frame.source];
  if (!source) return "";
  let lines = source.formulas.map(i => source.code[i]);
  if (!lines.length) lines = bodyOf(source.code).slice(0, 9);
  const margin = Math.min(...lines.map(line => line.length - line.trimStart().length));
  return html`<pre class="${frame.phase}">${lines.map(line => {
    const text = line.slice(margin).replace(/(\S) {2,}/g, "$1  "),
      at = text.indexOf("#");
    return html`<code>${at < 0 ? text : html`${text.slice(0, at)}<b>${text.slice(at)}</b>`}</code>`;
  })}</pre>`;
}

function bodyOf(code) {
  // without the line of def, and without its docstring
  let i = code.findIndex(line => /:\s*(#.*)?$/.test(line)) + 1;
  if (/^\s*"""/.test(code[i] ?? "")) {
    const alone = /""".*"""/.test(code[i]);
    if (!alone)
      do i++;
      while (i < code.length && !code[i].includes('"""'));
    i++;
  }
  return code.slice(i).filter(line => line.trim() && !/get_array_module\(\w+\)$|^\s*[\w, ()]+ = cache$/.test(line));
}
