"""Consensus of a trained run: what it keeps of its training photos, who decides, and files not to be trusted."""

import json
import shutil

import numpy as np
import pytest

import minisat
from minisat.captioner import Recipe
from minisat.cli.main import main
from minisat.data import read_dataset
from minisat.data.more_captions import with_more_captions
from minisat.errors import UserError
from minisat.evaluation.consensus import Consensus
from minisat.files import read_json, write_json
from minisat.text import tokenize
from minisat.trained import Decoding
from minisat.trained.captioner import remember
from minisat.trained.neighbours import FILE, NoNeighbours
from minisat.training import Run, build_model, load_checkpoint, save_checkpoint
from minisat.vision import FeatureStore

HOW = {"beam": 6, "consensus": True, "neighbours": 4}


@pytest.fixture
def copied(tiny, tmp_path):
    """The function from a run's name to the captioner of a copy of it."""
    def copy(name, **options):
        shutil.copytree(tiny.folder / name, tmp_path / name)
        return minisat.load(str(tmp_path / name), device="cpu", **options)
    return copy


@pytest.fixture
def hard(tiny, copied, tmp_path):
    """The folder of a run with hard attention."""
    run = Run.open(tiny.soft)
    recipe = Recipe.from_dict(run.config.recipe.to_dict() | {"model": "hard-attention"})
    write_json(tmp_path / "config.json", run.config.to_dict() | {"recipe": recipe.to_dict()})
    shutil.copytree(tiny.soft, tmp_path / "hard")
    shutil.move(tmp_path / "config.json", tmp_path / "hard" / "config.json")
    network = build_model(Run.open(tmp_path / "hard").config)
    network.captioner.L_o.W.data *= 30
    save_checkpoint(tmp_path / "hard" / "best.safetensors", network.state_dict(), {})
    return str(tmp_path / "hard")


def by_hand(tiny, captioner, name):
    """The caption of a photo by consensus, from the store and the data set, step by step."""
    store, data = FeatureStore.open(tiny.store), read_dataset(tiny.data)
    training = data.split("train")
    features = store.gather(store.rows([photo.name for photo in training])).mean(axis=1)
    asked = Consensus(features, [[tokenize(text, "simple") for text in photo.captions] for photo in training])
    own = store.gather(store.rows([name])).mean(axis=1)
    rows, _ = asked.nearest(own, HOW["neighbours"])
    plain = captioner.caption(next(photo.path for photo in data.photos if photo.name == name), beam=6, n_best=6)
    choice = asked.choose(plain.texts, [caption.mean_logprob for caption in plain.said], rows[0], 0.1)
    order = [i for finished in (True, False) for i in choice.order if plain.said[i].finished == finished]
    return [" ".join(plain.texts[i]) for i in order], [training[row].name for row in rows[0]]


@pytest.mark.parametrize("name, others", [("soft", ()), ("soft", ("told",)), ("told", ())])
def test_the_caption_of_a_photo_is_that_of_the_steps_by_hand(tiny, copied, name, others):
    """One run, an ensemble, and one without attention; in whatever company the photo comes."""
    captioner = copied(name, others=[str(tiny.folder / other) for other in others])
    captioner.remember(tiny.data)
    changed = 0
    for photo in tiny.dev:
        expected, near = by_hand(tiny, captioner, photo)
        found = captioner.caption(tiny.photos / photo, **HOW, n_best=6)
        assert [text for text, _ in found.n_best] == expected and [one.name for one in found.neighbours] == near
        assert str(captioner.caption(tiny.photos / photo, **HOW)) == expected[0]
        changed += expected[0] != str(captioner.caption(tiny.photos / photo, beam=6))
    assert changed or name == "told"
    together = captioner.evaluate(tiny.data, "dev", Decoding(**HOW), yardsticks=False)
    assert together.texts == {photo: by_hand(tiny, captioner, photo)[0][0] for photo in tiny.dev}


def test_hard_attention_decides_in_the_same_way(tiny, hard):
    for look in (None, "argmax"):
        captioner = minisat.load(hard, device="cpu", look=look)
        captioner.remember(tiny.data)
        expected, near = by_hand(tiny, captioner, tiny.dev[0])
        found = captioner.caption(tiny.photos / tiny.dev[0], **HOW)
        assert str(found) == expected[0] and [one.name for one in found.neighbours] == near


def test_an_encoder_that_was_trained_sees_the_neighbours_itself(tiny, copied):
    """Their features are those behind the run's own stages; other weights of these make the file useless."""
    captioner = copied("along")
    captioner.remember(tiny.data)
    photos = read_dataset(tiny.data).split("train")
    seen = captioner.learner.sight(captioner.inputs_of([captioner.see(photo.path) for photo in photos])).mean(axis=1)
    np.testing.assert_array_equal(captioner.neighbours.features, seen.astype(np.float16))
    assert captioner.caption(photos[3].path, **HOW).neighbours[0].name == photos[3].name
    best = Run.open(captioner.folder).best
    tensors, metadata = load_checkpoint(best)
    name = next(name for name in tensors if name.startswith("sight."))
    save_checkpoint(best, tensors | {name: tensors[name] * np.float32(1.01)}, metadata)
    with pytest.raises(NoNeighbours, match="made with an encoder whose weights are not those"):
        minisat.load(captioner.folder, device="cpu").caption(photos[0].path, **HOW)


def test_what_decided_is_told(tiny, copied):
    captioner = copied("soft")
    captioner.remember(tiny.data)
    caption = captioner.caption(tiny.photos / tiny.dev[0], **HOW, n_best=3)
    found = json.loads(json.dumps(caption.to_dict("dog.jpg")))
    shares = [one["share"] for one in found["neighbours"]]
    assert len(shares) == 4 and shares == sorted(shares, reverse=True) and sum(shares) == pytest.approx(1, abs=1e-5)
    each = [one["likeness"] for near in found["neighbours"] for one in near["captions"]]
    assert found["likeness"] == found["n_best"][0]["likeness"] == pytest.approx(np.mean(each), abs=1e-5)
    scores = [(entry["finished"], entry["likeness"] + 0.1 * entry["mean_logprob"]) for entry in found["n_best"]]
    assert scores == sorted(scores, reverse=True)
    for near in found["neighbours"]:
        mine = next(photo for photo in read_dataset(tiny.data).photos if photo.name == near["photo"])
        assert mine.split == "train" and sorted(one["caption"] for one in near["captions"]) == sorted(mine.captions)


# -- a run that has no file, or one that cannot be trusted

def asked_for(folder, tiny, capsys):
    """The sentence with which `caption --consensus` refuses."""
    capsys.readouterr()
    assert main(["caption", str(folder), str(tiny.photos / "03.jpg"), "--consensus", "--device", "cpu"]) == 2
    error = capsys.readouterr().err.strip()
    assert "\n" not in error and "Traceback" not in error
    return error


def test_a_run_without_says_how_to_make_it_and_that_makes_it(tiny, copied, capsys):
    folder = copied("soft").folder
    error = asked_for(folder, tiny, capsys)
    assert "keeps no training photos" in error and f"`minisat evaluate {folder} DATA --beam 10 --consensus`" in error
    assert main(["evaluate", folder, tiny.data, "--beam", "10", "--consensus", "--no-yardsticks"]) == 0
    assert "it is made now" in capsys.readouterr().err
    assert read_json(f"{folder}/scores-dev.json")["decoding"] == "beam 10, consensus of 10 neighbours"
    assert main(["caption", folder, str(tiny.photos / "03.jpg"), "--consensus", "--device", "cpu"]) == 0
    captured = capsys.readouterr()
    assert captured.out.count(" %  ") == 3 and captured.err == ""


def spoilt(tensors, metadata):
    """(what, tensors, metadata) that no training writes; some with a digest that fits."""
    features = tensors["features"]
    other = features.copy()
    other[3, 5] += 1
    yield "a number", {"features": other}, metadata
    yield "a caption", tensors, metadata | {"captions": [["a dog"], *metadata["captions"][1:]]}
    yield "the sight", tensors, metadata | {"sight": "0" * 64}
    yield "no names", tensors, {key: value for key, value in metadata.items() if key != "names"}
    yield "names that are none", tensors, metadata | {"names": [3] * len(features)}
    yield "an object that is none", tensors, []
    yield "another array", tensors | {"more": features}, metadata
    yield "no array", {"other": features}, metadata
    nan = features * np.float16(np.nan)
    for what, changed in (("wider", features.astype(np.float32)), ("flat", features.ravel()),
                          ("fewer", features[:-1]), ("none", features[:0]), ("not finite", nan)):
        yield what, {"features": changed}, metadata


def test_a_damaged_file_is_refused_and_made_anew(tiny, copied, capsys):
    captioner = copied("soft")
    captioner.remember(tiny.data)
    path = Run.open(captioner.folder).folder / FILE
    whole, kept = path.read_bytes(), load_checkpoint(path)
    for what, tensors, metadata in spoilt(*kept):
        if what in ("wider", "flat", "fewer", "none", "not finite"):  # as if it were meant so
            loaded = minisat.load(captioner.folder, device="cpu")
            path.write_bytes(whole)
            found = loaded.neighbours
            found.features = tensors["features"]
            metadata = metadata | {"digest": found._digest()}
        save_checkpoint(path, tensors, metadata)
        assert f"{FILE} is damaged" in asked_for(captioner.folder, tiny, capsys), what
    for content in (b"", b"x", whole[:100], whole[:-1], whole[:40] + b"[" * 3000 + whole[40:]):
        path.write_bytes(content)
        assert f"{FILE} is damaged" in asked_for(captioner.folder, tiny, capsys)
    captioner.evaluate(tiny.data, "dev", Decoding(**HOW), yardsticks=False)
    with pytest.warns(minisat.errors.Note, match="is damaged: it is made now"):
        minisat.load(captioner.folder, device="cpu").evaluate(tiny.data, "dev", Decoding(**HOW), yardsticks=False)
    assert path.read_bytes() == whole


def test_a_consensus_needs_a_beam(tiny, capsys):
    for flags, said in ((["--consensus", "--beam", 1], "--consensus chooses among the captions of a beam: it needs "
                         "--beam of at least 2."),
                        (["--consensus", "--sample"], "and no --sample"), (["--neighbours", 3], "add --consensus"),
                        (["--likelihood-weight", 3], "add --consensus")):
        assert main(["caption", tiny.soft, str(tiny.photos / "03.jpg"), *map(str, flags)]) == 2
        assert said in capsys.readouterr().err
    with pytest.raises(UserError, match="consensus chooses among"):
        Decoding(beam=1, consensus=True)


def test_training_photos_are_their_own_neighbours_and_that_is_said(tiny, copied):
    captioner = copied("soft")
    captioner.remember(tiny.data)
    with pytest.warns(minisat.errors.Note, match="their own nearest neighbours"):
        found = captioner.evaluate(tiny.data, "train", Decoding(**HOW), yardsticks=False)
    assert all(near[0].name == name and near[0].similarity == pytest.approx(1, abs=1e-3)
               for name, near in found.neighbours.items())


# -- what training leaves behind

SMALL = {"embedding_size": 8, "hidden_size": 12, "attention_size": 6, "min_count": 1, "beam": 1, "batch_size": 16,
         "epochs": 1, "warmup_steps": 2, "device": "cpu"}


@pytest.mark.parametrize("how", ["store", "photos"])
def test_training_keeps_them(squares, store, tmp_path, how, recwarn):
    """For features of a store, and for an encoder that learns; a second run of the same training changes nothing."""
    inputs = {"features": store} if how == "store" else {"encoder": "toy_cnn"}
    captioner = minisat.train(squares, tmp_path / "run", **inputs, **SMALL)
    kept = (tmp_path / "run" / FILE).read_bytes()
    assert captioner.caption(next((squares / "Images").iterdir()), beam=2, consensus=True).neighbours
    assert captioner.neighbours.names == [photo.name for photo in read_dataset(squares).split("train")]
    minisat.train(squares, tmp_path / "run", resume=True, device="cpu")
    assert (tmp_path / "run" / FILE).read_bytes() == kept and not [w for w in recwarn if "neighbours" in str(w.message)]


def test_training_leaves_them_out_when_asked_and_makes_up_for_it_later(squares, store, tmp_path, capsys):
    words = ["train", str(squares), "--features", str(store), "--run", str(tmp_path / "run")]
    flags = [f"--{name.replace('_', '-')}={value}" for name, value in SMALL.items()]
    assert main([*words, *flags, "--no-neighbours"]) == 0 and not (tmp_path / "run" / FILE).exists()
    assert main([*words, "--resume"]) == 0 and (tmp_path / "run" / FILE).exists()
    (tmp_path / "run" / FILE).unlink()
    shutil.move(store, tmp_path / "moved")
    try:
        captioner = minisat.train(squares, tmp_path / "run", features=tmp_path / "moved", resume=True, device="cpu")
        assert captioner.neighbours.features.shape[0] == len(captioner.neighbours.names)
    finally:
        shutil.move(tmp_path / "moved", store)


def test_what_is_in_the_way_is_said_and_nothing_lost(squares, tmp_path):
    """A photo that vanished while an encoder learnt: the run is there, and captions."""
    captioner = minisat.train(squares, tmp_path / "run", encoder="toy_cnn", neighbours=False, **SMALL)
    shutil.copytree(squares, tmp_path / "data")
    photo = read_dataset(tmp_path / "data").split("train")[0].path
    captioner.caption(photo)
    photo.unlink()
    with pytest.warns(minisat.errors.Note, match="keeps no neighbours, so that it cannot caption by consensus: .*"
                                                 + photo.name):
        remember(tmp_path / "run", tmp_path / "data")


def test_what_is_said_of_training_photos_can_be_learnt(tiny, copied, tmp_path):
    """An ensemble's captions by consensus, as `evaluate --split train` writes them: `--more-captions` reads them."""
    captioner = copied("soft", others=[tiny.told])
    found = captioner.evaluate(tiny.data, "train", Decoding(**HOW), yardsticks=False)
    found.write(tmp_path / "said")
    photos = with_more_captions(read_dataset(tiny.data).split("train"), tmp_path / "said" / "captions-train.json")
    assert [photo.captions[-1] for photo in photos] == [found.texts[photo.name] for photo in photos]
