"use strict";
// Text becomes HTML here and nowhere else: whatever is put into html`…` is escaped, but for other html`…` and lists of
// such.

class Html {
  constructor(text) {
    this.text = text;
  }
}
const written = part =>
  part instanceof Html
    ? part.text
    : Array.isArray(part)
      ? part.map(written).join("")
      : String(part).replace(/[&<>"']/g, c => `&#${c.charCodeAt(0)};`);
const html = (strings, ...parts) =>
  new Html(strings.reduce((text, string, i) => text + written(parts[i - 1]) + string));
const put = (element, ...made) => {
  element.innerHTML = written(made);
};
const between = (list, sign) => list.flatMap((part, i) => (i ? [sign, part] : [part]));
const $ = id => document.getElementById(id);

const minus = text => String(text).replace("-", "−");

// A number in at most `room` signs or so: .12 where there is little, 0.1235 where there is more.
function brief(x, room = 7) {
  if (typeof x !== "number") return String(x);
  if (!isFinite(x)) return isNaN(x) ? "NaN" : x > 0 ? "∞" : "−∞";
  if (x === 0) return "0";
  const size = Math.abs(x),
    digits = Math.max(1, room - (x < 0) - 2);
  if (size >= 10 ** Math.max(room - 1, 2) || size < 0.5 * 10 ** -digits || (room > 5 && size < 0.001)) {
    const [figures, power] = x.toExponential(Math.max(0, Math.min(3, room - 6))).split("e");
    return minus(`${figures.replace(/\.?0+$/, "") || figures}e${+power}`);
  }
  if (size >= 1)
    return minus(
      x
        .toPrecision(Math.max(Math.ceil(Math.log10(size + 1)), Math.min(4, room - 2 - (x < 0))))
        .replace(/(\.\d*?)0+$/, "$1")
        .replace(/\.$/, ""),
    );
  const text = x.toFixed(Math.min(4, digits)).replace(/0+$/, "").replace(/\.$/, "");
  return minus(room <= 4 ? text.replace("0.", ".") : text);
}

// With so many digits behind the point, fewer where the number is long: −.1 .12 1.3 −12
function fixed(x, digits, room) {
  const size = Math.abs(x),
    less = size >= 99.95 ? 0 : size >= 9.995 ? Math.min(digits, 1) : digits;
  let text = x.toFixed(Math.max(0, Math.floor(less)));
  if (room <= 4) {
    if (x < 0 && size < 0.995 && digits >= 1) text = x.toFixed(2);
    if (text.replace("0.", ".").length > room + (x < 0)) text = x.toFixed(size >= 9.95 ? 0 : 1);
    text = text.replace("0.", ".");
  }
  return minus(text);
}
