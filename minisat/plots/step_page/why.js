"use strict";
// Why this number? The page's interpreter of the rules that a recorded step holds (minisat/trace/why says what they are;
// entries.py there is the same in Python). Nothing here knows of the page: every function works on what it is given.
//
// record: {frames, rules, tensors: [{shape, numbers}]}. A place is an entry: {frame, name, index: [n, …], inner}, where
// inner is [layer, number] for what a call hands to one inside it, else null.
//
//   Why.explain(record, place, most)  what made it: {formula, value, recorded, terms: [{value, text, entries}], rest, others};
//                                     null where no rule does. entries: [{place, value}]
//   Why.lights(record, place)         every recorded entry that takes part, also in sums inside: [place]
//   Why.follow(record, place)         where the number at that place was made: through all that only hands it on
//   Why.sentence(explanation)         one line
// RangeError where a number that it takes is not in the file, or where a rule would take forever.

const Why = (() => {
  const MOST = 2e7, TERMS = 5e5, FARTHEST = 200, LIT = 20000;  // parts computed, terms, places passed through, entries alight
  const functions = {
    exp: Math.exp, log: Math.log, tanh: Math.tanh, sqrt: Math.sqrt, abs: Math.abs, min: Math.min, max: Math.max,
    sigmoid: x => { const e = Math.exp(-Math.abs(x)); return (x >= 0 ? 1 : e) / (1 + e); },
  };
  const holds = { "=": (a, b) => a === b, "≠": (a, b) => a !== b, "<": (a, b) => a < b, ">": (a, b) => a > b,
                  "≤": (a, b) => a <= b, "≥": (a, b) => a >= b };
  const reductions = { sum: "Σ", max: "max", argmax: "argmax" };

  // -- a tree's value for given axes {name: number}; null is "nothing"

  function evaluate(tree, axes, read) {
    if (read.left-- < 0) throw new RangeError("this would take forever");
    if (typeof tree === "string") return axes[tree];
    if (!Array.isArray(tree)) return tree;
    const kind = tree[0];
    if (kind === "at") return entry(tree, axes, read);
    if (kind in reductions) return reduced(tree, axes, read);
    if (kind === "if") {
      const a = evaluate(tree[2], axes, read), b = evaluate(tree[3], axes, read);
      return a !== null && b !== null && holds[tree[1]](a, b) ? 1 : null;
    }
    const parts = [];
    for (let i = kind === "fn" ? 2 : 1; i < tree.length; i++) {
      const part = evaluate(tree[i], axes, read);
      if (part !== null) parts.push(part);
      else if (kind !== "+") return null;
    }
    switch (kind) {
      case "+": return parts.length ? parts.reduce((a, b) => a + b) : null;
      case "-": return -parts[0];
      case "*": return parts.reduce((a, b) => a * b);
      case "/": return parts[0] / parts[1];
      case "//": return Math.floor(parts[0] / parts[1]);
      case "%": return parts[0] - parts[1] * Math.floor(parts[0] / parts[1]);
      case "^": return parts[0] ** parts[1];
      default: return functions[tree[1]](...parts);
    }
  }

  function entry(tree, axes, read) {
    const index = [];
    for (const part of tree[2]) {
      const i = evaluate(part, axes, read);
      if (i === null) return null;
      index.push(i);
    }
    if (!tree[3]) return read(tree[1], null, index);
    const number = evaluate(tree[3][1], axes, read);
    return number === null ? null : read(tree[1], [tree[3][0], number], index);
  }

  function each(list, axes, read, visit) {  // visit with every setting of the axes [[name, size], …]
    const before = list.map(([name]) => axes[name]);
    (function deeper(i) {
      if (read.left-- < 0) throw new RangeError("this would take forever");
      if (i === list.length) return visit();
      for (let k = 0; k < list[i][1]; k++) { axes[list[i][0]] = k; deeper(i + 1); }
    })(0);
    list.forEach(([name], i) => { if (before[i] === undefined) delete axes[name]; else axes[name] = before[i]; });
  }

  function reduced([kind, list, body], axes, read) {
    let total = null, best = -Infinity, first = 0, count = 0;
    each(list, axes, read, () => {
      const x = evaluate(body, axes, read);
      if (x !== null) {
        total = (total ?? 0) + x;
        if (x > best) { best = x; first = count; }
      }
      count += 1;
    });
    return total === null ? null : kind === "sum" ? total : kind === "max" ? best : first;
  }

  // -- the numbers of a call

  function flat(shape, index) {  // the place in the row of all numbers; null beyond the edge. A single number is everywhere
    let at = 0;
    for (let i = 0; i < shape.length; i++) {
      if (!Number.isInteger(index[i]) || index[i] < 0 || index[i] >= shape[i]) return null;
      at = at * shape[i] + index[i];
    }
    return at;
  }

  const named = (pairs, name) => (pairs ?? []).find(pair => pair[0] === name)?.[1];
  const linesOf = (record, frame) => record.rules?.[record.frames[frame].rules] ?? [];
  const innerFrame = (record, frame, [layer, number]) => named(record.frames[frame].inside, layer)?.[number] ?? null;

  function reader(record, frame) {  // read(name, inner, index) for the lines of a call
    const known = new Map(), numbers = new Map(record.frames[frame].names ?? []);
    const read = (name, inner, index) => {
      let number = numbers.get(name);
      if (inner) {
        const there = innerFrame(record, frame, inner);
        number = there === null ? undefined : named(record.frames[there].names, name);
        if (number === undefined) return null;
      }
      if (number === undefined) {  // a number in between
        const key = `${name}:${index}`;
        if (!known.has(key)) {
          const [line, axes] = lineOf(record, { frame, name, index, inner: null });
          known.set(key, line ? evaluate(line.is, axes, read) ?? 0 : null);
        }
        return known.get(key);
      }
      const tensor = record.tensors[number], at = flat(tensor.shape, index);
      if (at === null) return null;
      if (!tensor.numbers) throw new RangeError(`${name} is recorded as a picture only`);
      return tensor.numbers[at];
    };
    read.left = MOST;
    return read;
  }

  function lineOf(record, { frame, name, index, inner }) {  // [line, axes] of the rule that makes an entry, or []
    for (const line of linesOf(record, frame)) {
      const [, title, pattern, call] = line.of;
      if (title !== name || (call?.[0] ?? null) !== (inner?.[0] ?? null) || pattern.length !== index.length) continue;
      const axes = matched([...pattern, ...(call ? [call[1]] : [])], [...index, ...(call ? [inner[1]] : [])], line.axes);
      if (axes) return [line, axes];
    }
    return [];
  }

  function matched(patterns, numbers, sizes) {
    const axes = {};
    for (let i = 0; i < patterns.length; i++) {
      let pattern = patterns[i], number = numbers[i];
      if (Array.isArray(pattern)) { number -= pattern[1]; pattern = pattern[2]; }
      if (typeof pattern !== "string") { if (pattern !== number) return null; continue; }
      if (number < 0 || number >= named(sizes, pattern) || (axes[pattern] ?? number) !== number) return null;
      axes[pattern] = number;
    }
    return axes;
  }

  function valueAt(record, place) {
    const frame = place.inner ? innerFrame(record, place.frame, place.inner) : place.frame;
    return reader(record, frame)(place.name, null, place.index);
  }

  // -- one entry: its terms

  function addends(tree, axes, sign, read, visit) {  // visit(sign, body) with the axes set, for every addend
    const kind = Array.isArray(tree) ? tree[0] : "";
    if (kind === "+") for (const part of tree.slice(1)) addends(part, axes, sign, read, visit);
    else if (kind === "-") addends(tree[1], axes, -sign, read, visit);
    else if (kind === "sum") each(tree[1], axes, read, () => addends(tree[2], axes, sign, read, visit));
    else visit(sign, tree);
  }

  function explain(record, place, most = 4) {
    const [line, axes] = lineOf(record, place);
    if (!line) return null;
    const read = reader(record, place.frame), found = [];
    const formula = `${textOf(line.of, axes)} = ${textOf(line.is, axes)}`;
    const now = { ...axes };
    addends(line.is, now, 1, read, (sign, body) => {
      const x = evaluate(body, now, read);
      if (x !== null) found.push({ value: sign * x, sign, body, axes: { ...now } });
      if (found.length > TERMS) throw new RangeError("too many terms");
    });
    found.sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
    const terms = found.slice(0, most).map(({ value, sign, body, axes: where }) =>
      ({ value, text: valuesText(body, where, read, sign), entries: entriesOf(place.frame, body, where, read) }));
    return { place, formula, terms, value: found.reduce((sum, term) => sum + term.value, 0),
             recorded: line.step ? null : valueAt(record, place), others: Math.max(found.length - most, 0),
             rest: found.slice(most).reduce((sum, term) => sum + term.value, 0) };
  }

  function entriesOf(frame, tree, axes, read, found = []) {  // but for those inside sums and those that only point
    if (!Array.isArray(tree) || tree[0] in reductions || tree[0] === "if") return found;
    if (tree[0] !== "at") { for (const part of tree.slice(1)) entriesOf(frame, part, axes, read, found); return found; }
    const place = placeOfEntry(frame, tree, axes, read);
    if (!found.some(other => same(other.place, place))) found.push({ place, value: entry(tree, axes, read) });
    return found;
  }

  const same = (a, b) => a.frame === b.frame && a.name === b.name && `${a.index}` === `${b.index}` && `${a.inner}` === `${b.inner}`;

  function placeOfEntry(frame, [, name, indices, call], axes, read) {
    return { frame, name, index: indices.map(index => evaluate(index, axes, read)),
             inner: call ? [call[0], evaluate(call[1], axes, read)] : null };
  }

  function lights(record, place) {
    const found = new Map(), seen = new Set(), read = reader(record, place.frame);
    const visit = (tree, axes) => {
      if (!Array.isArray(tree) || found.size > LIT) return;
      if (tree[0] in reductions) return each(tree[1], axes, read, () => visit(tree[2], axes));
      if (tree[0] === "*" && evaluate(tree, axes, read) === null) return;
      if (tree[0] !== "at") { for (const part of tree.slice(1)) visit(part, axes); return; }
      if (entry(tree, axes, read) === null) return;
      const at = placeOfEntry(place.frame, tree, axes, read), key = `${at.inner}:${at.name}:${at.index}`;
      const [line, inner] = at.inner || named(record.frames[place.frame].names, at.name) !== undefined ? [] : lineOf(record, at);
      if (!line) found.set(key, at);
      else if (!seen.has(key)) { seen.add(key); visit(line.is, { ...inner }); }
    };
    const [line, axes] = lineOf(record, place);
    if (line) visit(line.is, { ...axes });
    return [...found.values()];
  }

  // -- where a number was made

  function follow(record, place) {
    for (let i = 0; i < FARTHEST; i++) {
      place = within(record, place);
      const [line, axes] = lineOf(record, place);
      const further = line ? handedOn(record, place, line, axes) : outside(record, place);
      if (!further) return place;
      place = further;
    }
    return place;
  }

  function within(record, place) {  // what an inner call has, as a place in that call, if it is there that it is made
    if (!place.inner) return place;
    const frame = innerFrame(record, place.frame, place.inner);
    if (frame === null) return place;
    const own = { frame, name: place.name, index: place.index, inner: null };
    return lineOf(record, own)[0] ? own : place;
  }

  function handedOn(record, place, line, axes) {  // the one entry that a line copies
    const read = reader(record, place.frame), found = [], now = { ...axes };
    if (holdsSum(line.is)) return null;
    addends(line.is, now, 1, read, (sign, body) => { if (evaluate(body, now, read) !== null) found.push([sign, body]); });
    if (found.length !== 1 || found[0][0] !== 1 || !Array.isArray(found[0][1])) return null;
    let body = found[0][1];
    if (body[0] === "*") {
      const rest = body.slice(1).filter(part => !(Array.isArray(part) && part[0] === "if"));
      if (rest.length === 1) [body] = rest;
    }
    return Array.isArray(body) && body[0] === "at" ? placeOfEntry(place.frame, body, axes, read) : null;
  }

  const holdsSum = tree => Array.isArray(tree) && (tree[0] === "sum" || (tree[0] === "+" || tree[0] === "-") && tree.slice(1).some(holdsSum));

  function outside(record, place) {  // in the forward twin's cache, or in the call around
    const frame = record.frames[place.frame];
    if (place.inner) return null;
    if (frame.phase === "backward" && frame.twin !== null) {
      const number = named(frame.names, place.name);
      if (number !== undefined && named(record.frames[frame.twin].names, place.name) === number)
        return { ...place, frame: frame.twin };
    }
    if (!frame.place || frame.parent === null) return null;
    const around = { ...place, frame: frame.parent, inner: frame.place };
    return lineOf(record, around)[0] ? around : null;
  }

  // -- a tree as text

  const level = { "+": 1, "-": 1.5, sum: 2, max: 2, argmax: 2, "*": 3, "/": 3, "//": 3, "%": 3, "^": 4 };
  const signs = { "*": "·", "/": "/", "//": "//", "%": "%" };

  function numberText(x) {  // four digits: −0.03, 1.2e−7
    if (!isFinite(x)) return Number.isNaN(x) ? "nan" : x > 0 ? "inf" : "−inf";
    const [digits, power] = x.toExponential(3).split("e").map(Number);
    const text = x === 0 ? "0" : power < -4 || power >= 4 ? `${digits}e${power}` : String(Number(x.toFixed(Math.max(0, 3 - power))));
    return text.replaceAll("-", "−");
  }

  function textOf(tree, axes = {}) {
    if (typeof tree === "string") return String(axes[tree] ?? tree);
    if (!Array.isArray(tree)) return Number.isInteger(tree) ? String(tree).replace("-", "−") : numberText(tree);
    const [kind, ...rest] = tree;
    if (kind === "at") return entryText(tree, axes);
    if (kind === "fn") return `${rest[0] === "sigmoid" ? "σ" : rest[0]}(${rest.slice(1).map(part => textOf(part, axes)).join(", ")})`;
    if (kind === "if") return `[${textOf(rest[1], axes)} ${rest[0]} ${textOf(rest[2], axes)}]`;
    if (kind in reductions) {
      const names = rest[0].map(([name]) => name), shown = { ...axes };
      for (const name of names) delete shown[name];
      return `${reductions[kind]}_${names.length === 1 ? names[0] : `{${names}}`} ${part(rest[1], 2, shown)}`;
    }
    if (kind === "-") return `−${part(rest[0], 2, axes)}`;
    if (kind === "+") return rest.map((one, i) => {
      const less = Array.isArray(one) && one[0] === "-" ? one[1] : typeof one === "number" && one < 0 ? -one : null;
      return i === 0 ? textOf(one, axes) : less === null ? `+ ${part(one, 1.6, axes)}` : `− ${part(less, 2, axes)}`;
    }).join(" ");
    if (kind === "^") return part(rest[0], 5, axes) + (rest[1] === 2 ? "²" : `^${part(rest[1], 5, axes)}`);
    return rest.map((one, i) => part(one, level[kind] + (i ? 0.5 : 0), axes, i < rest.length - 1)).join(signs[kind]);
  }

  function part(tree, least, axes, followed = false) {  // in parentheses where it binds less, or where more follows a Σ
    let own = Array.isArray(tree) ? level[tree[0]] ?? 9 : typeof tree === "number" && tree < 0 ? 1.5 : 9;
    if (own === 2 && !followed && least > 2 && least < 4) own = least;
    const text = textOf(tree, axes);
    return own < least ? `(${text})` : text;
  }

  function entryText([, name, indices, call], axes) {
    const place = indices.length ? `[${indices.map(index => indexText(index, axes)).join(",")}]` : "";
    return call ? `${call[0]}${call[1] === 0 ? "" : `[${indexText(call[1], axes)}]`}.${name}${place}` : name + place;
  }

  function indexText(tree, axes) {  // its number where all that it is made of is known; 2·r + 3 − 1 as r·2+2
    const number = counted(tree, axes);
    if (number !== null) return String(number).replace("-", "−");
    if (!Array.isArray(tree) || tree[0] !== "+") return textOf(tree, axes).replaceAll(" ", "");
    const known = tree.slice(1).map(one => counted(one, axes)), total = known.reduce((sum, one) => sum + (one ?? 0), 0);
    const rest = [...tree.slice(1).filter((_, i) => known[i] === null), ...(total ? [total] : [])];
    return textOf(rest.length > 1 ? ["+", ...rest] : rest[0], axes).replaceAll(" ", "");
  }

  function counted(tree, axes) {  // what an index of known numbers comes to
    if (!Array.isArray(tree)) return typeof tree === "string" ? axes[tree] ?? null : tree;
    if (!["+", "-", "*", "//", "%", "/"].includes(tree[0])) return null;
    const parts = tree.slice(1).map(one => counted(one, axes));
    if (parts.includes(null)) return null;
    const found = evaluate([tree[0], ...parts], {}, { left: 100 });
    return Number.isInteger(found) ? found : null;
  }

  function valuesText(tree, axes, read, sign) {  // a term in numbers, what only says where left out
    const body = inNumbers(tree, axes, read), text = textOf(body);
    if (sign > 0) return text;
    return text.startsWith("−") && !Array.isArray(body) ? text.slice(1) : `−${part(body, 2, {})}`;
  }

  function inNumbers(tree, axes, read) {  // null where it is nothing
    if (typeof tree === "string") return axes[tree];
    if (!Array.isArray(tree)) return tree;
    const kind = tree[0], start = kind === "fn" ? 2 : 1;
    if (kind === "at" || kind === "if" || kind in reductions) {
      const x = evaluate(tree, axes, read);
      return x === null || kind === "if" ? x : Number(x.toPrecision(4));
    }
    let rest = tree.slice(start);
    if (kind === "*") {
      rest = rest.filter(one => !(Array.isArray(one) && one[0] === "if"));
      if (!rest.length) rest = [1];
    }
    let parts = rest.map(one => inNumbers(one, axes, read));
    if (kind === "+") parts = parts.filter(one => one !== null);
    if (!parts.length || parts.includes(null)) return null;
    return (kind === "+" || kind === "*") && parts.length === 1 ? parts[0] : [...tree.slice(0, start), ...parts];
  }

  function sentence(explanation) {
    const { formula, terms, others, rest, value, recorded } = explanation;
    let made = terms.map(({ text }, i) => {
      const negative = text.startsWith("−");
      return (i ? negative ? " − " : " + " : negative ? "−" : "") + (negative ? text.slice(1) : text);
    }).join("");
    if (others) made += ` ${rest < 0 ? "−" : "+"} ${numberText(Math.abs(rest))} of ${others} more`;
    const total = numberText(value), largest = Math.max(0, ...terms.map(term => Math.abs(term.value)));
    const line = [formula, ...(made && made !== total ? [made] : []), total].join(" = ");
    const apart = recorded !== null && !Object.is(recorded, value)
      && !(Math.abs(recorded - value) <= 1e-3 * Math.abs(value) + 1e-5 * largest);
    return apart ? `${line}, but the call gave ${numberText(recorded)}` : line;
  }

  const safely = ask => (...given) => {  // somebody else's file may hold a rule that is none
    try { return ask(...given); } catch (error) {
      throw error instanceof RangeError ? error : new RangeError(`its rule is damaged: ${error.message}`);
    }
  };

  return { explain: safely(explain), follow: safely(follow), lights: safely(lights), sentence, numberText };
})();
