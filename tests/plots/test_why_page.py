"""The page's interpreter of the rules, in Chromium: it makes the recorded numbers, and says what Python's says."""

import json
from importlib import resources

import numpy as np
import pytest
from driven import Chromium, needs_chromium
from explained import recorded

from minisat.trace.why import Place, Recorded, explain, follow, sentence

PROGRAM = resources.files("minisat.plots").joinpath("step_page/why.js").read_text(encoding="utf-8")
CASES = ("captioner.soft-attention", "captioner.adaptive-attention", "captioner.hard-attention",
         "captioner.show-and-tell", "captioner.gru-notebook", "encoder.toy_cnn", "encoder.toy_cnn_v2",
         "word2vec.skip_gram.negative_sampling", "word2vec.cbow.full_softmax", "max_pool2d.overlapping",
         "cross_entropy.masked", "sparsemax", "recurrent.lstm")
SAMPLE = 3          # entries of each line that is bound in another way
NEAR = 1e-5         # of the largest term: the page has float32 …
LOST = 0.02         # … of which 1 − z may leave little where a gate is wide open: in so many entries at most
ASK = """places.map(place => { const said = Why.explain(record, place, 3);
  return { value: said.value, terms: said.terms.map(term => term.value), rest: said.rest, line: Why.sentence(said),
           lit: Why.lights(record, place).length,
           from: said.terms.flatMap(term => term.entries).map(entry => Why.follow(record, entry.place)) }; })"""


@pytest.fixture(scope="module")
def browser():
    chromium = Chromium()
    chromium.run(f"(0, eval)({json.dumps(PROGRAM.replace('const Why =', 'globalThis.Why ='))}), 1")
    yield chromium
    assert not chromium.complaints
    chromium.close()


def places(found, rng):
    """A seeded sample of entries: some of each line of every rule, once for all calls that share it."""
    seen = set()
    for frame in found.frames:
        if frame["rules"] in seen or frame["rules"] is None:
            continue
        seen.add(frame["rules"])
        for line in found.lines(frame["index"]):
            _, name, pattern, *call = line["of"]
            if 0 in (size for _, size in line["axes"]):
                continue
            for _ in range(SAMPLE if line["axes"] else 1):
                axes = {axis: int(rng.integers(size)) for axis, size in line["axes"]}
                inner = (call[0][0], number(call[0][1], axes)) if call else None
                yield Place(frame["index"], name, tuple(number(index, axes) for index in pattern), inner)


def number(index, axes):
    """An index of a left side: n, 3, or 16 + j."""
    return index[1] + axes[index[2]] if isinstance(index, list) else axes.get(index, index)


def as_json(place):
    return {"frame": place.frame, "name": place.name, "index": place.index, "inner": place.inner}


@needs_chromium
@pytest.mark.parametrize("case", CASES)
def test_the_page_says_what_python_says(browser, case):
    """Values to 1e-5 of the largest term, and, of the same float32 numbers, what Python says: lines, places, sums."""
    exact = recorded(case)
    arrays = {f"t{i}": np.float32(exact.tensor(i)) for i in range(len(exact.document["tensors"]))}
    found = Recorded(exact.document, arrays)
    tensors = [{"shape": array.shape, "numbers": array.ravel().tolist()} for array in arrays.values()]
    frames = [{key: frame[key] for key in ("phase", "twin", "parent", "names", "inside", "place", "rules")}
              for frame in found.frames]
    asked = list(dict.fromkeys(places(found, np.random.default_rng(0))))
    record = {"frames": frames, "rules": found.rules, "tensors": tensors}
    answers = browser.run(f"(() => {{ const record = {json.dumps(record)}, places = "
                          f"{json.dumps([as_json(place) for place in asked])}; return {ASK}; }})()")
    assert len(answers) == len(asked) > 0
    far = other = 0
    for place, answer in zip(asked, answers):
        said, value = explain(found, place, 3), exact.value(place)
        largest = max([1e-30, *(abs(term.value) for term in said.terms)])
        assert abs(answer["value"] - said.value) <= 1e-9 * largest, (place, answer, said)
        assert np.allclose(np.abs(answer["terms"]), [abs(term.value) for term in said.terms], 0, 1e-9 * largest)
        assert answer["lit"] > 0 or not any(term.entries for term in said.terms)
        far += abs(answer["value"] - value) > NEAR * largest
        if answer["line"] == sentence(said):
            entries = [follow(found, entry) for term in said.terms for entry, _ in term.entries]
            assert answer["from"] == [json.loads(json.dumps(as_json(entry))) for entry in entries]
        else:
            other += 1
    assert far <= LOST * len(asked)
    assert other <= 0.1 * len(asked)  # terms of one size in another order


@needs_chromium
def test_a_rule_that_is_none_is_told_and_not_run(browser):
    """Somebody's file: sums without an end, names and kinds that do not exist. A RangeError, soon."""
    rules = [["sum", [["k", 10**12]], 1], ["at", "absent", ["k"]], ["fn", "eval", 1], ["+"], ["*", ["at"]], 7, [],
             ["sum", 5, 1], ["at", "y", [["at", "y", [0]]]]]
    frame = {"phase": "forward", "twin": None, "parent": None, "names": [], "inside": [], "place": None, "rules": 0}
    for rule in rules:
        line = {"of": ["at", "y", ["n"]], "axes": [["n", 2]], "is": rule, "step": True}
        record = {"frames": [frame], "rules": [[line]], "tensors": []}
        said = browser.run(f"(() => {{ try {{ const found = Why.explain({json.dumps(record)}, "
                           '{frame: 0, name: "y", index: [1], inner: null}); return typeof found.value; }'
                           " catch (error) { return error.constructor.name; } })()")
        assert said in ("RangeError", "number")
