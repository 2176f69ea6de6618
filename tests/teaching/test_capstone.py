"""The capstone: its solution passes every stage, the empty file fails each, and wrong work is told what is wrong."""

import html
import re

import numpy as np
import pytest

from minisat.captioner.decoding import greedy
from minisat.teaching.exercises import check_exercise, examined, load
from minisat.teaching.handmade import Prefixes, keep, kept, show_off
from minisat.teaching.pages import formulas_for_github
from minisat.teaching.shelf import all_stages, lessons_folder
from minisat.teaching.toy_captioner import ToyPhotos

FOLDER = lessons_folder() / "capstone"
STAGES = all_stages()
SOLUTION = (FOLDER / "solution.py").read_text(encoding="utf-8")
every_stage = pytest.mark.parametrize("stage", STAGES, ids=[stage.folder.name for stage in STAGES])


def written(tmp_path, text=SOLUTION):
    """A learner's file with that text."""
    path = tmp_path / "captioner.py"
    path.write_text(text, encoding="utf-8")
    return path


def test_stages_are_in_order():
    """1, 2, 3, …; the overview links to every page, and so does the page before it."""
    assert [stage.index for stage in STAGES] == list(range(1, len(STAGES) + 1)) and len(STAGES) >= 6
    overview = (FOLDER / "README.md").read_text(encoding="utf-8")
    for stage in STAGES:
        assert f"| {stage.index} | [{stage.title}]({stage.folder.name}/README.md) |" in overview
    for stage, following in zip(STAGES, STAGES[1:]):
        assert f"(../{following.folder.name}/README.md)" in stage.source.read_text(encoding="utf-8")


@every_stage
def test_a_page_says_what_is_to_be_written(stage):
    """Each function of its part of the solution that is asked for stands on the page, with the same arguments; the
    page says how long it takes, and there are hints."""
    page = stage.source.read_text(encoding="utf-8")
    asked = re.findall(r"^def (\w+)\((.*?)\):", page, re.MULTILINE)
    mine = dict(re.findall(r"^def (\w+)\((.*?)\):", SOLUTION, re.MULTILINE))
    for name, arguments in asked:
        assert [each.partition("=")[0] for each in arguments.split(", ")] == \
            [each.partition("=")[0] for each in mine[name].split(", ")][:len(arguments.split(", "))], name
    checks = (stage.folder / "checks.py").read_text(encoding="utf-8")
    for name in set(re.findall(r"\bwork\.([a-z]\w*)", checks)):
        assert f"`{name}`" in "".join(each.source.read_text(encoding="utf-8") for each in STAGES[:stage.index]) \
            or name in dict(asked) or any(f"def {name}(" in each.source.read_text(encoding="utf-8")
                                          for each in STAGES[:stage.index]), name
    assert "**How long**" in page and formulas_for_github(page) == page
    assert len(re.findall(r"^## ", (stage.folder / "hints.md").read_text(encoding="utf-8"), re.MULTILINE)) >= 2


@every_stage
def test_an_empty_file_fails_and_says_what_is_missing(stage, tmp_path):
    """One sentence names the first function that is not there."""
    verdict = check_exercise(stage, stage.original)
    assert not verdict.ok
    assert re.fullmatch(r"There is no \w+ in captioner.py yet\.", str(verdict))


@pytest.mark.parametrize("stage", [stage for stage in STAGES if stage.index != 5], ids=lambda stage: stage.name)
def test_the_solution_passes(stage, tmp_path):
    """All but the stage that trains for a minute."""
    verdict = check_exercise(stage, written(tmp_path))
    assert verdict.ok, str(verdict)


@pytest.mark.slow
def test_the_solution_learns_the_scenes_and_is_shown(tmp_path):
    """Stage 5 with room to spare, then the gallery of stage 6, which says whose work it is."""
    path, lines = written(tmp_path), []
    for stage in STAGES[4:6]:
        examining = examined(stage, path)
        while True:
            try:
                lines.append(next(examining))
            except StopIteration as end:
                assert end.value.ok, str(end.value)
                break
    found = re.search(r"BLEU-4 ([\d.]+) and pointing ([\d.]+) as the mean", "\n".join(lines))
    bleu_4, looks = map(float, found.groups())
    assert bleu_4 > 0.72 and looks > 0.87
    page = html.unescape((tmp_path / "gallery.html").read_text(encoding="utf-8"))
    assert "The solution's backward passes wrote these captions" in page  # which is true


def test_the_gallery_says_whose_work_it_is(tmp_path):
    """Lines that stand in the solution are counted; where they are most of the file, the page does not say "yours"."""
    photos = ToyPhotos(train=2, test=2).test
    mine = re.sub(r"^(    .*[^\\:,(])$", r"\1  # mine", SOLUTION, flags=re.MULTILINE)
    for text, title in ((SOLUTION, "The solution's backward passes"), (mine, "Your backward passes")):
        path = written(tmp_path, text)
        work = load(path, "exercise")
        words = work.build_words(caption for told in photos.references for caption in told)
        p = work.new_parameters(len(words))
        captions = [["a", "ball"], ["a", "cup", "in", "red"]]
        page = show_off(tmp_path, work, photos, p, words, captions, 0.5, FOLDER / "solution.py")
        page = html.unescape(page.read_text(encoding="utf-8"))
        assert f"{title} wrote these captions" in page and "BLEU-4 50.0 on these 2" in page
        assert page.count("data-alpha=") == 2


WRONG = [  # stage, what stands in the solution, what a learner may write, what the check says of it
    (1, "row[1:len(caption) + 1]", "row[:len(caption)]", "begins with 0, <end>"),
    (1, "place.get(word, UNKNOWN)", "place.get(word, END)", "becomes 1, <unknown>"),
    (1, "            break\n        said", "            continue\n        said", "ends at the first <end>"),
    (1, "range(0, count, size):", "range(0, count - size + 1, size):", "4, 4 and 2"),
    (1, "    order = rng.permutation(count)\n    for", "    order = rng.permutation(count)\n    while True:\n      for",
     "goes on for ever"),
    (1, "order = rng.permutation(count)", "order = rng.integers(0, count, count)", "exactly once"),
    (1, "order = rng.permutation(count)", "order = np.arange(count)", "always gives the same order"),
    (2, "a_i, a_f, a_g, a_o = np.split", "a_f, a_i, a_g, a_o = np.split", "gates in the order i, f, g, o"),
    (2, "return 0.5 + 0.5 * np.tanh(0.5 * a)", "return np.exp(a) / (1 + np.exp(a))", "exp of a large number overflows"),
    (2, "dc * c * f * (1 - f)", "dc * c", "of its 4 gates only one is wrong: f."),
    (2, "dc * i * (1 - g**2)", "dc * i * g * (1 - g)", "of its 4 gates only one is wrong: g."),
    (2, "dc = dc + dh * o * (1 - tanh_c**2)", "dc = dh * o * (1 - tanh_c**2)", "lstm_back"),
    (2, 'grads["W_x"] += x.T @ da', 'grads["W_x"] = x.T @ da', "must be added (+=)"),
    (2, 'da @ p["W_h"].T, dc * f', 'da @ p["W_h"], dc * f', "line "),
    (2, "scores - scores.max(axis=1, keepdims=True)", "scores", "subtract the largest score"),
    (2, "alpha.sum(axis=1, keepdims=True)\n    seen", "alpha.sum()\n    seen",
     "each row has another one"),
    (2, "dscores = alpha * (dalpha - (alpha * dalpha).sum(axis=1, keepdims=True))", "dscores = alpha * dalpha",
     "attend_back"),
    (2, "dquery = dkeys.sum(axis=1)", "dquery = dkeys.mean(axis=1)", "is 1/5 times"),
    (2, 'np.add.at(grads["E"], ids, dx[:, :M])', 'grads["E"][ids] += dx[:, :M]', "come more than once"),
    (2, "dkeys, dh = dkeys + dkeys_t, dh + dh_asked", "dkeys, dh = dkeys_t, dh + dh_asked", "W_k"),
    (2, "dkeys, dh = dkeys + dkeys_t, dh + dh_asked", "dkeys = dkeys + dkeys_t", "backward"),
    (2, "look_back(dx[:, M:] + dboth[:, H:], looked", "look_back(dx[:, M:], looked", "backward"),
    (2, 'seen, alpha, looked = look(features, keys, h, p)', 'seen, alpha, looked = look(features, keys, 0 * h, p)',
     "logits of forward"),
    (3, "real, log_p, right = asked_for(targets)", "real, log_p, right = np.ones(targets.shape, bool)",
     "the padding too"),
    (3, "[real].mean()", "[real].sum() / real.size", "divide by how many words"),
    (3, " * real[:, :, None] / real.sum()", " / real.sum()", "wrong for the padding"),
    (3, " * real[:, :, None] / real.sum()", " * real[:, :, None]", "one factor is missing"),
    (3, "(np.exp(log_p) - right)", "(right - np.exp(log_p))", "wrong sign"),
    (3, "    logits = logits - logits.max(axis=-1, keepdims=True)\n", "", "not finite where logits"),
    (3, " / (1 - keep**steps)", "", "W after step 1"),
    (3, "        memory[name] = mean, square\n", "", "are the running means kept"),
    (3, "p[name] -= rate", "p[name] = p[name] + rate", "W after step 1"),
    (4, "return p, words\n\n\ndef describe", "return new_parameters(len(words)), words\n\n\ndef describe",
     "a word still costs"),
    (4, "logits, h, c, alpha, _ = step(ids, features, keys, h, c, p, look)",
     "logits, _, _, alpha, _ = step(ids, features, keys, h, c, p, look)", "state handed on"),
    (4, "    logits[:, UNKNOWN] = -np.inf  ", "    pass  ", "<unknown>"),
    (4, "if t == 0:\n            logits[:, END]", "if False:\n            logits[:, END]", "says nothing"),
    (6, "most |= ngrams", "most += ngrams", "no more often than one single reference"),
    (6, "brevity = min(1.0, ", "brevity = max(1.0, ", "too short, which costs"),
    (6, "min((abs(len(reference) - len(caption)), len(reference)) for reference in told)[1]",
     "min(len(reference) for reference in told)", "the closest length is 11"),
    (6, "[:width - len(ended)]", "[:width]", "beam says"),
    (7, "rng.random((len(alpha), 1))", "rng.random()", "the same place"),
    (7, "rng.random((len(alpha), 1))", "np.full((len(alpha), 1), 0.5)", "the same place"),
    (7, "place = (alpha.cumsum", "place = (np.full(alpha.shape, 1 / alpha.shape[1]).cumsum",
     "of the time whose alpha is"),
    (7, "np.eye(alpha.shape[1])[place] - alpha)", "np.eye(alpha.shape[1])[place])", "pick_back"),
    (7, "(np.eye(alpha.shape[1])[place] - alpha)", "(alpha - np.eye(alpha.shape[1])[place])", "wrong sign"),
    (6, "way[1] / len(way[0])", "way[1]", "beam says"),
]


@pytest.mark.parametrize("index, right, wrong, said", WRONG, ids=[f"{row[0]} {row[2][:40]}" for row in WRONG])
def test_wrong_work_is_told_what_is_wrong(index, right, wrong, said, tmp_path):
    """A mistake that learners make, planted in the solution: the check fails, and its sentence names it."""
    assert SOLUTION.count(right) == 1, right
    text = SOLUTION.replace(right, wrong)
    verdict = check_exercise(STAGES[index - 1], written(tmp_path, text))
    assert not verdict.ok
    assert said in str(verdict), str(verdict)


@pytest.mark.parametrize("line", ["from minisat.nn import LSTMCell", "import torch", "from minisat import optim",
                                  "import minisat", "import minisat.captioner.decoding as d", "from . import nn"])
def test_what_would_do_the_work_is_not_imported(line, tmp_path):
    """Neither minisat's layers nor anybody else's; the sentence names the line."""
    text = SOLUTION.replace("import numpy as np", f"import numpy as np\n{line}")
    verdict = check_exercise(STAGES[0], written(tmp_path, text))
    assert not verdict.ok and "here every line is to be yours" in str(verdict)
    assert re.search(r"captioner.py, line \d+ imports ", str(verdict))


def test_a_beginning_read_again_says_what_the_captioner_says(tmp_path):
    """The learner's model behind minisat's decoders: greedy equals the learner's own; what is kept comes back."""
    work = load(written(tmp_path), "exercise")
    photos = ToyPhotos(train=6, test=4)
    words = work.build_words(caption for told in photos.train.references for caption in told)
    p = work.new_parameters(len(words))
    said, _ = work.describe(photos.test.features, p, words)
    found = greedy(Prefixes(work, p, len(words)), photos.test.features, 20)
    assert [[words[i - 2] for i in caption.ids] for caption in found] == said
    assert kept(tmp_path) is None
    keep(tmp_path, p, words)
    again, listed = kept(tmp_path)
    assert listed == words and again.keys() == p.keys()
    assert all(np.array_equal(again[name], p[name]) for name in p)
