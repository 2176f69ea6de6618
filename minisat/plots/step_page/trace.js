"use strict";
// The recorded step: its calls, which of them are red, the numbers of its tensors.

let trace = null,
  frames = [],
  tensors = [],
  sources = {},
  captions = [],
  kind = "local",
  born = null;

const made = frame => (frame.phase === "forward" ? frame.outputs : [...frame.downstream, ...frame.parameters]);
const given = frame => (frame.phase === "forward" ? frame.inputs : [...frame.upstream, ...frame.cache]);
const anyBad = rows => rows.some(row => typeof row.at(-1) === "number" && tensors[row.at(-1)].bad > 0);
const red = frame => frame.ended === null || frame.bad || (frame[kind] ?? {}).ok === false;
// a red call inside, whose fault it may be
const inside = frame => frames.find(f => f.parent === frame.index && red(f));
// what was given bad numbers did not make them
const guilty = frame => red(frame) && !inside(frame) && !anyBad(given(frame));
const twinOf = frame => (frame.twin === null ? null : frames[frame.twin]);
const bothOf = frame =>
  frame.phase === "forward" ? { forward: frame, backward: twinOf(frame) } : { forward: twinOf(frame), backward: frame };
const around = index => {
  const line = [];
  for (let i = frames[index].parent; i !== null; i = frames[i].parent) line.unshift(i);
  return line;
};

function innermost(frame) {
  let found = null;
  for (let f = inside(frame); f; f = inside(f)) found = f;
  return found;
}

// -- numbers: few are written, many are deflated float32, of earlier recordings only a picture of block means is left

async function inflate(text) {
  const bytes = Uint8Array.from(atob(text), c => c.charCodeAt(0));
  const flow = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Float32Array(await new Response(flow).arrayBuffer());
}

const spoken = { nan: NaN, inf: Infinity, "-inf": -Infinity };
const countOf = tensor => tensor.shape.reduce((a, b) => a * b, 1);
const value = (tensor, i) => (tensor.numbers ? tensor.numbers[i] : NaN);

function peakOf(tensor) {
  // the largest size of a finite entry, what the colours go by
  if (tensor.peak === undefined) {
    tensor.peak = 0;
    for (const x of tensor.numbers ?? []) if (isFinite(x) && Math.abs(x) > tensor.peak) tensor.peak = Math.abs(x);
    if (!tensor.numbers) tensor.peak = tensor.picture?.scale ?? 0;
    tensor.peak ||= 1e-30;
  }
  return tensor.peak;
}

// -- a recorded file: what is not one is answered by a sentence

const READS = 1; // versions up to this
const ROWS = ["inputs", "outputs", "upstream", "downstream", "cache", "parameters"];
const NEEDED = { forward: ["inputs", "outputs", "cache"], backward: ["upstream", "downstream", "cache", "parameters"] };
const PHOTO = /^data:image\/(jpeg|png);base64,[A-Za-z0-9+/]*=*$/;

const whole = n => Number.isInteger(n) && n >= 0;

function damageOf(found) {
  if (!found || typeof found !== "object" || found.format !== "minisat-trace")
    return "It is no trace that `minisat trace record` wrote.";
  if (!(found.version <= READS))
    return `It is a trace of version ${found.version}; this page reads up to ${READS
      }. Make its own page: minisat trace html FILE`;
  if (![found.frames, found.tensors, found.captions].every(Array.isArray) || !found.frames.length)
    return "It holds no frame, or is damaged.";
  const count = found.frames.length,
    real = n => typeof n === "string" || (whole(n) && n < found.tensors.length);
  for (const [i, frame] of found.frames.entries()) {
    const lists = frame && ROWS.map(name => frame[name] ?? []);
    if (
      !frame ||
      frame.index !== i ||
      typeof frame.path !== "string" ||
      !["forward", "backward"].includes(frame.phase) ||
      !(frame.twin === null || (whole(frame.twin) && frame.twin < count)) ||
      !(frame.parent === null || (whole(frame.parent) && frame.parent < i)) ||
      !(frame.t === null || whole(frame.t)) ||
      !frame.site ||
      !NEEDED[frame.phase].every(name => Array.isArray(frame[name])) ||
      !lists.every(
        rows =>
          Array.isArray(rows) &&
          rows.every(
            row => Array.isArray(row) && typeof row[0] === "string" && row.length > 1 && row.slice(1).every(real),
          ),
      )
    )
      return `It is damaged: its frame ${i} is none. (minisat trace check FILE says more.)`;
  }
  const bad = found.tensors.findIndex(tensor => !Array.isArray(tensor?.shape) || typeof tensor.dtype !== "string");
  if (bad >= 0) return `It is damaged: its tensor ${bad} is none. (minisat trace check FILE says more.)`;
  if (
    !found.about ||
    typeof found.about !== "object" ||
    !found.captions.every(c => c && [c.said, c.words, c.alphas].every(Array.isArray) && Number.isInteger(c.lead))
  )
    return "It is damaged: its captions are none. (minisat trace check FILE says more.)";
  return "";
}

async function numbersOf(tensor) {
  // its entries, as many as its shape says; null where they were not recorded
  if (!tensor.shape.every(whole))
    tensor.shape = tensor.values
      ? [tensor.values.length]
      : tensor.picture
        ? [tensor.picture.rows, tensor.picture.columns]
        : [0];
  let numbers = null;
  if (tensor.values) numbers = Float64Array.from(tensor.values, x => spoken[x] ?? +x);
  else if (tensor.deflated) numbers = await inflate(tensor.deflated).catch(() => null);
  return numbers?.length === countOf(tensor) ? numbers : null;
}

async function take(found) {
  // make `found` the step that is shown
  for (const caption of found.captions) {
    if (caption.photo && !PHOTO.test(caption.photo)) caption.photo = null;
    caption.grid = caption.grid?.map(way => (typeof way === "number" ? [way, 0, 1, way] : way))
      ?? null; // earlier ones count rows and columns alone
  }
  await Promise.all(
    found.tensors.map(async tensor => {
      tensor.numbers = await numbersOf(tensor);
    }),
  );
  trace = found;
  ({ frames, tensors, captions } = found);
  sources = found.sources ?? {};
  kind = "local";
  for (const frame of frames) frame.bad = anyBad(made(frame));
  born = frames
    .filter(frame => frame.ended !== null && frame.bad)
    .reduce((a, b) => (a && a.ended < b.ended ? a : b), null);
}
