"""How sure it is: p of every word, what it might have said instead, and both against the protocol, step by step."""

import json

import numpy as np
import pytest
from table_captioner import Table, photos

import minisat
from minisat.captioner.decoding import alternatives, beam
from minisat.cli.main import main
from minisat.data import read_dataset
from minisat.text import END, START
from minisat.trained import Decoding
from minisat.trained.sureness import describe_sureness, sureness_metrics


@pytest.fixture(scope="module")
def captioner(tiny):
    return minisat.load(tiny.soft, device="cpu")


def test_alternatives_are_the_likeliest_other_words(captioner, tiny):
    """Each word's p is Caption.logprobs', and every list is that of a step taken by hand; marks are never in it."""
    seen = [captioner.see(path) for path in sorted(tiny.photos.iterdir())[:2]]
    inputs = captioner.inputs_of(seen)
    said = beam(captioner.model, inputs, 3, 7, n_best=2)
    found = alternatives(captioner.model, inputs, said, 3)
    for photo in range(2):
        for caption, others in zip(said[photo], found[photo]):
            assert len(others) == len(caption.logprobs)
            state, word = captioner.model.start(inputs[photo:photo + 1]), START
            for t, near in enumerate(others):
                log_probs, state, *_ = captioner.model.step(state, np.array([word]))
                word = (*caption.ids, END)[t]
                p = np.exp(log_probs[0].astype(float))
                np.testing.assert_allclose(np.log(p[word]), caption.logprobs[t], atol=1e-4)
                first = END + 1 if t == 0 else END
                wanted = [id for id in np.argsort(-p, kind="stable") if id != word and id >= first]
                assert [id for id, _ in near] == wanted[:3]
                np.testing.assert_allclose([chance for _, chance in near], p[wanted[:3]], rtol=1e-3)


def test_it_is_told_in_python_on_the_command_line_and_as_json(captioner, tiny, capsys):
    photo = str(sorted(tiny.photos.iterdir())[0])
    caption = captioner.caption(photo, beam=3, n_best=2, alternatives=2)
    assert np.isclose(caption.probability, np.exp(caption.logprob)) and len(caption.instead) == len(caption.words)
    np.testing.assert_allclose(np.log(caption.probabilities), caption.logprobs, rtol=1e-5)
    assert captioner.caption(photo, beam=3).instead is None
    assert main(["caption", tiny.soft, photo, "--beam", "3", "--sure"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{photo}: {caption}" and lines[1].startswith(f"  p {caption.probability:.2g} in all")
    assert [line.split()[0] for line in lines[2:]] == caption.words
    assert f"{100 * caption.probabilities[0]:3.0f} %" in lines[2]
    assert main(["caption", tiny.soft, photo, "--beam", "3", "--sure", "--json"]) == 0
    word = json.loads(capsys.readouterr().out)["words"][0]
    assert np.isclose(word["p"], np.exp(word["logprob"]), atol=1e-5) and word["instead"][0]["word"] != word["word"]


def test_what_evaluate_says_of_it(captioner, tiny):
    """Against a loop over one photo: p of the likeliest word, whether it is the person's, whether people say a word."""
    photo = read_dataset(tiny.data).split("dev")[0]
    inputs = captioner.inputs_of([captioner.see(photo.path)])
    caption = captioner.decode(inputs, Decoding())[0].captions[0]
    found = sureness_metrics(captioner, [photo], lambda photos: inputs, {photo.name: caption})
    words = photo.captions[0].replace(" .", "").split()
    state, read = captioner.model.start(inputs), START
    p, right = [], []
    for wanted in (*captioner.vocabulary.encode(words), END):
        log_probs, state, *_ = captioner.model.step(state, np.array([read]))
        p.append(float(np.exp(log_probs.max())))
        right.append(log_probs.argmax() == wanted)
        read = wanted
    assert found["next_word"]["words"] == len(p) and found["strangers"] == 0
    assert np.isclose(found["next_word"]["mean_p"], np.mean(p), rtol=1e-4)
    assert np.isclose(found["next_word"]["right"], np.mean(right))
    said = {word for text in photo.captions for word in text.split()}
    assert np.isclose(found["own_words"]["right"], np.mean([word in said for word in captioner.words(caption)]))
    assert "expected calibration error" in describe_sureness(found)


def test_an_end_at_once_is_no_alternative():
    """The first word has none of the marks in its list; later END may stand there."""
    model = Table(end=-1.0)
    said = beam(model, photos(1), 2, 5)
    found, = alternatives(model, photos(1), said, 99)[0]
    assert len(found) > 1 and all(id > END for id, _ in found[0]) and any(id == END for id, _ in found[1])
