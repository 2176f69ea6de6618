"use strict";
// In which shape a tensor is drawn: its axes by their letters, and the panels (rows × columns) that show it.

let photo = 0; // whose items are shown where there is room for one
let moment = null; // the round of the recurrence that is shown

const LAST = [
  ["H", /^d?(h|c|state|tanh_c)(_prev|_0|\[\d\])*$/],
  ["A", /key|hidden|query/],
  ["D", /feature|context|^d?z$/],
  ["M", /word|embed/],
  ["V", /logit|^p$/],
  ["L", /alpha|score/],
];
const GATES = { LSTMCell: ["i", "f", "g", "o"], GRUCell: ["r", "z", "n"] };
const bare = name => name.replace(/^d(?=.)/, "");

function sizesOf() {
  if (trace.sizes) return trace.sizes;
  const cells = captions.find(caption => caption.grid)?.grid.map(way => (typeof way === "number" ? way : way[0]));
  return Object.fromEntries(
    Object.entries({ N: trace.about.captions, T: trace.about["time steps"], L: cells && cells[0] * cells[1] }).filter(
      ([, size]) => size > 0,
    ),
  );
}

function letter(size, name, place, count, parameter) {
  const sizes = sizesOf(),
    fits = key => sizes[key] === size;
  if (place === 0 && count > 1 && !parameter && fits("N")) return "N";
  if (place === 1 && count > 2 && !parameter) {
    const found = ["T", "L"].find(fits);
    if (found) return found;
  }
  if (place === 0 && count === 1 && fits("N") && /choice|log_p|length|advantage|entrop/.test(name)) return "N";
  for (const [key, names] of LAST) if (names.test(name) && fits(key)) return key;
  if (size === sizes.N * sizes.T && place === 0 && /^(p|targets|weight)$/.test(name)) return "NT";
  const found = ["H", "D", "A", "M", "V", "L", "T"].find(fits);
  if (found) return found;
  if (size === sizes.M + sizes.D) return "M+D";
  return "";
}

function axesOf({ name, label = name, parameter, axes, rules, others }, shape) {
  if (axes) return axes;
  const { N } = sizesOf();
  if (shape.length === 4) return parameter || (N && shape[0] !== N) ? ["out", "in", "kh", "kw"] : ["N", "C", "h", "w"];
  const found = shape.map((size, i) => letter(size, bare(name), i, shape.length, parameter));
  if (found.some(Boolean)) return found;
  for (const lines of [rules, others])
    for (const known of [label, bare(label), `d${label}`]) {
      const indices = indicesOf(lines, known, shape.length);
      if (indices) return indices;
    }
  return found;
}

// The indices that a layer's formulas give to the axes of a tensor: dW[d,m]; null where none names it.
function indicesOf(rules, name, count) {
  const plain = at => at[1] === name && at[2].length === count && at[2].every(index => typeof index === "string");
  const inside = tree => {
    if (!Array.isArray(tree)) return null;
    if (tree[0] === "at" && plain(tree)) return [...tree[2]];
    for (const part of tree) {
      const found = inside(part);
      if (found) return found;
    }
    return null;
  };
  for (const line of trace.rules?.[rules] ?? []) {
    const found = inside(line.of) ?? inside(line.is);
    if (found) return found;
  }
  return null;
}

const gridOf = L => captions.map(caption => caption.grid).find(grid => grid && grid[0][0] * grid[1][0] === L) ?? null;

function isLook(tensor, L) {
  // shares of places that sum to 1
  if (tensor.look === undefined) {
    tensor.look = true;
    for (let start = 0; start < tensor.numbers.length && tensor.look; start += L) {
      let sum = 0,
        least = 0;
      for (let i = start; i < start + L; i++) {
        sum += tensor.numbers[i];
        least = Math.min(least, tensor.numbers[i]);
      }
      tensor.look = least >= 0 && (Math.abs(sum - 1) < 1e-3 || sum === 0);
    }
  }
  return tensor.look;
}

const wordAt = (n, t) => {
  const k = captions[n] ? said(captions[n], t) : null;
  return k === null ? `t${t + 1}` : captions[n].said[k];
};

// {style, axes, panels}: a panel is {title, rows, columns, at(r, c) → the entry's place, rowNames, columnNames, n}.
// `few` shows the chosen photo alone.
function shapeOf(item, few) {
  const tensor = tensors[item.number],
    { shape } = tensor,
    axes = axesOf(item, shape),
    count = countOf(tensor),
    last = axes.at(-1);
  if (!count) return { style: "empty", axes, panels: [] };
  if (!tensor.numbers && !tensor.picture) return { style: "empty", axes, panels: [] };
  if (!tensor.numbers) {
    const { rows, columns } = tensor.picture;
    return { style: "blocks", axes, panels: [{ title: "", rows, columns, at: (r, c) => r * columns + c }] };
  }
  if (!shape.length || count === 1)
    return { style: "scalar", axes, panels: [{ title: "", rows: 1, columns: 1, at: () => 0 }] };
  const width = shape.at(-1),
    first = axes[0] === "N" && shape.length > 1;
  const ns = first ? (few ? [Math.min(photo, shape[0] - 1)] : [...Array(shape[0]).keys()]) : [0];
  const per = first ? count / shape[0] : count,
    whose = n => (first && shape[0] > 1 ? `n=${n}` : "");
  const panels = make => ns.flatMap(n => make(n, n * per));
  if (/^(ids|targets)$/.test(item.name) && trace.words && tensor.dtype.startsWith("int")) {
    const columns = shape.length > 1 ? width : (trace.about["time steps"] ?? width);
    return {
      style: "ids",
      axes,
      panels: [
        {
          title: "",
          rows: count / columns,
          columns,
          at: (r, c) => r * columns + c,
          rowNames: range(count / columns, "n="),
        },
      ],
    };
  }
  if (shape.length === 4 && axes[0] === "N") {
    const [, C, h, w] = shape;
    return {
      style: "map",
      square: true,
      axes,
      panels: panels((n, from) =>
        range(C).map(k => ({ title: "", rows: h, columns: w, at: (r, c) => from + (k * h + r) * w + c, n })),
      ),
    };
  }
  if (shape.length === 4) {
    const [out, into, kh, kw] = shape;
    return {
      style: "map",
      axes,
      blocks: [kh, kw],
      panels: [
        {
          title: "",
          rows: out * kh,
          columns: into * kw,
          at: (r, c) => ((Math.floor(r / kh) * into + Math.floor(c / kw)) * kh + (r % kh)) * kw + (c % kw),
        },
      ],
    };
  }
  const gates = /^(gates|W_x|W_h|b)$/.test(bare(item.name)) ? GATES[item.class] : null;
  if (gates && width % gates.length === 0) {
    const H = width / gates.length;
    axes[axes.length - 1] = `${gates.length}H`;
    if (shape.length === 2 && !first) axes[0] = bare(item.name) === "W_h" ? "H" : axes[0];
    if (shape.length === 1 || first)
      return {
        style: "table",
        gates,
        axes,
        panels: panels((n, from) => [
          { title: whose(n), rows: gates.length, columns: H, at: (r, c) => from + r * H + c, rowNames: gates, n },
        ]),
      };
    return {
      style: "map",
      gates,
      axes,
      panels: gates.map((gate, k) => ({
        title: gate,
        rows: shape[0],
        columns: H,
        at: (r, c) => r * width + k * H + c,
      })),
    };
  }
  const grid = gridOf(width),
    rowsLast = width;
  if (last === "L" && grid && !item.parameter && shape.length <= 3) {
    const [R, C] = [grid[0][0], grid[1][0]],
      looks = isLook(tensor, width) && shape.length > 1;
    const one = (n, from, title) => ({ title, rows: R, columns: C, at: (r, c) => from + r * C + c, n, grid });
    const times =
      shape.length === 3 ? (few && moment !== null && moment < shape[1] ? [moment] : range(shape[1])) : null;
    return {
      style: looks ? "look" : "map",
      square: true,
      axes,
      panels: panels((n, from) =>
        times
          ? times.map(t => one(n, from + t * width, wordAt(n, t + (captions[n]?.lead ?? 0))))
          : [one(n, from, whose(n))],
      ),
    };
  }
  if (shape.length === 3 && axes[1] === "L" && gridOf(shape[1])) {
    const [R, C] = gridOf(shape[1]).map(way => way[0]),
      names = last === "D" ? trace.channels : null;
    return {
      style: "map",
      square: true,
      axes,
      panels: panels((n, from) =>
        range(rowsLast).map(k => ({
          title: names?.[k] ?? "",
          rows: R,
          columns: C,
          at: (r, c) => from + (r * C + c) * width + k,
          n,
        })),
      ),
    };
  }
  const columnNames = last === "V" ? trace.words : last === "D" ? trace.channels : null;
  if (shape.length === 3 && first) {
    const names =
      axes[1] === "T"
        ? n => range(shape[1]).map(t => wordAt(n, t + (captions[n]?.lead ?? 0)))
        : () => range(shape[1], axes[1] ? axes[1].toLowerCase() + "=" : "");
    return {
      style: "table",
      axes,
      columnNames,
      panels: panels((n, from) => [
        {
          title: whose(n),
          rows: shape[1],
          columns: width,
          at: (r, c) => from + r * width + c,
          rowNames: names(n),
          marked: axes[1] === "T" ? moment : null,
          columnNames,
          n,
        },
      ]),
    };
  }
  if (axes[0] === "NT" && captions.length) {
    const T = trace.about["time steps"],
      own = few ? [photo] : range(captions.length);
    return {
      style: "table",
      axes,
      panels: own.map(n => ({
        title: own.length > 1 ? `n=${n}` : "",
        rows: T,
        columns: shape.length > 1 ? width : 1,
        at: (r, c) => (n * T + r) * (shape.length > 1 ? width : 1) + c,
        rowNames: range(T).map(t => wordAt(n, t + captions[n].lead)),
        marked: moment,
        columnNames,
        n,
      })),
    };
  }
  if (first && shape.length === 2) {
    const rowNames = shape[0] > 1 ? ns.map(n => `n=${n}`) : null;
    const named =
      axes[1] === "T" ? range(width).map(t => wordAt(ns[0], t + (captions[ns[0]]?.lead ?? 0))) : columnNames;
    return {
      style: "table",
      axes,
      panels: [
        { title: "", rows: ns.length, columns: width, at: (r, c) => ns[r] * width + c, rowNames, columnNames: named },
      ],
    };
  }
  const rowNames =
    item.parameter && shape.length === 2
      ? axes[0] === "V"
        ? trace.words
        : axes[0] === "D"
          ? trace.channels
          : null
      : null;
  const numbered =
    shape.length > 1 && count > width ? range(count / width).map(r => placeOf(shape.slice(0, -1), r).join(",")) : null;
  return {
    style: "table",
    axes,
    panels: [
      {
        title: "",
        rows: count / width,
        columns: width,
        at: (r, c) => r * width + c,
        rowNames: rowNames ?? numbered,
        columnNames,
      },
    ],
  };
}

const range = (count, before) => Array.from({ length: count }, (_, i) => (before === undefined ? i : before + i));

function said(caption, t) {
  // which word belongs to a round of the recurrence
  const k = t === null ? -1 : t - caption.lead;
  return k >= 0 && k < caption.said.length ? k : null;
}

// The place of an entry as the source would write it: [3, 5]; and with its axes named: t3, word "box".
const placeOf = (shape, flat) => {
  const place = [];
  for (let i = shape.length - 1; i >= 0; i--) {
    place.unshift(flat % shape[i]);
    flat = Math.floor(flat / shape[i]);
  }
  return place;
};
