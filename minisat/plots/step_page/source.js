"use strict";
// Below the numbers: what a check says, the source with its formulas marked, lines that call an inner layer lead there.

const childrenOf = index => frames.filter(frame => frame.parent === index);

function code(source, index) {
  const calls = new Map();
  for (const child of index === null ? [] : childrenOf(index))
    if (child.site.file === source.file && !calls.has(child.site.line)) calls.set(child.site.line, child.index);
  return html`<pre>${source.code.map((line, i) => {
    const to = calls.get(source.line + i),
      at = line.indexOf("#");
    const text = at < 0 ? line || " " : html`${line.slice(0, at)}<span class="comment">${line.slice(at)}</span>`;
    const name = to !== undefined ? "leads" : source.formulas.includes(i) ? "formula" : "",
      place = html`<span class="n">${source.line + i}</span>`;
    return to === undefined
      ? html`<code class="${name}">${place}${text}</code>`
      : html`<code class="${name}" data-to="${to}">${place}${text}</code>`;
  })}</pre>`;
}

function lines(frame) {
  const source = frame && sources[frame.source];
  if (!source) return "";
  const taken = frame.helpers ? source.helpers.filter((_, i) => frame.helpers.includes(i)) : source.helpers;
  const helpers = taken.map(
    helper =>
      html`<details class="helper"><summary><code>${(helper.code.find(line => line.startsWith("def "))
        ?? helper.code[0]).replace(/^def |:$/g, "")}</code> <span
          class="muted">${helper.file}</span></summary>${code(helper, null)}</details>`,
  );
  return html`<section><h3>${frame.phase} <span class="muted">${source.file}</span></h3>${code(source, frame.index)}${
    helpers}</section>`;
}

function verdict(frame, which, title) {
  const found = frame?.[which];
  if (!found) return "";
  const sign = found.ok === null ? "?" : found.ok ? "✓" : "✗";
  const rows =
    which === "local" && found.ok === false && found.tensors.length
      ? html`<br><span class="muted">relative error: ${found.tensors.map(([name, error]) => `${name} ${
        Number(error).toExponential(1)}`).join(" · ")}</span>`
      : "";
  return html`<p class="verdict ${found.ok === null ? "" : found.ok ? "ok"
    : "bad"}"><b>${sign} ${title}</b> ${inWords(found.text)}
    <span class="muted">(error ${Number(found.error).toExponential(1)}, allowed ${
      Number(found.tolerance).toExponential(0)})</span>${rows}</p>`;
}

// A check nudges a whole tensor at once, along random directions of +1 and −1, and compares slopes.
const inWords = text =>
  text.replace(
    /worst at direction (\d+)/g,
    (_, k) =>
      `worst along random nudge ${+k + 1}: ` +
        "all its entries moved together, each up or down at random, and along this way the slope of the loss and the " +
        "gradient differ most",
  );

function below(frame) {
  // what stands under the screen
  const { forward, backward } = bothOf(frame),
    source = sources[frame.source] ?? sources[backward?.source] ?? sources[forward?.source];
  return html`${verdict(backward, "local", "This layer alone:")}${verdict(backward, "global", "The whole loss:")}
    <p class="muted site">called at ${frame.site.file}:${frame.site.line} <code>${frame.site.text}</code></p>
    ${source?.about ? html`<p id="about">${source.about}</p>` : ""}<div
      class="sources">${lines(forward)}${lines(backward)}</div>`;
}
