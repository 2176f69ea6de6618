"""Fine-tuning in the trainer: the frozen part stays bit for bit, resuming is exact, and runs go on from others."""

import numpy as np
import pytest
from small_trainings import SMALL, assert_same_run, interrupt_at_step, weights

from minisat.captioner import Recipe
from minisat.data import read_dataset
from minisat.errors import UserError
from minisat.training import Run, assemble, load_run
from minisat.vision import View, build, extract, file_hash

SHORT = SMALL | {"epochs": 2, "average_decay": 0.0}


def train(folder, squares, view, recipe=None, **options):
    """A training on what `view` says; the run in `folder` is made, or resumed when it is there."""
    trainer, _ = assemble(read_dataset(squares), folder, Recipe(**recipe or SHORT), view, **options)
    return trainer.fit()


@pytest.fixture(scope="module")
def on_features(squares, store, tmp_path_factory):
    """The folder of a run on stored features."""
    folder = tmp_path_factory.mktemp("runs") / "features"
    train(folder, squares, View.of_store(store))
    return folder


@pytest.mark.parametrize("batchnorm", ["frozen", "live"])
def test_the_frozen_part_is_bit_identical_after_training_with_weight_decay(squares, tmp_path, batchnorm):
    """Only the tuned block moves; the optimiser holds no state of the rest, whose running statistics stay too."""
    recipe = SHORT | {"weight_decay": 0.1, "encoder_batchnorm": batchnorm, "average_decay": 0.9, "like_lengths": False}
    train(tmp_path / "run", squares, View.of_photos("toy_cnn", blocks="1"), recipe)
    before = build("toy_cnn", rng=0).state_dict()
    for which, prefix in (("best", "sight.encoder."), ("last", "model.sight.encoder.")):
        after = weights(tmp_path / "run", which)
        moved = {name for name, array in before.items() if after[prefix + name].tobytes() != array.tobytes()}
        assert moved == {"conv4.W", "norm4.gamma", "norm4.beta"} | (
            {"norm4.running_mean", "norm4.running_var"} if batchnorm == "live" else set())
    tuned = sum(-(-before[name].size // 64) * 64 for name in ("conv4.W", "norm4.gamma", "norm4.beta"))
    assert after["optimizer.1.mean"].shape == (tuned,)
    averages = [array for name, array in after.items() if name.startswith("average.") and name != "average.steps"]
    assert len(averages) == (5 if batchnorm == "live" else 3)  # two groups, the feature scale, live statistics


def test_tuning_resumes_bit_for_bit(squares, tmp_path):
    inputs, recipe = View.of_photos("toy_cnn", blocks="2"), SHORT | {"average_decay": 0.9, "weight_decay": 0.01}
    train(tmp_path / "whole", squares, inputs, recipe)
    outcome = train(tmp_path / "parts", squares, inputs, recipe, report=interrupt_at_step(4))
    assert outcome.reason == "interrupted"
    train(tmp_path / "parts", squares, Run.open(tmp_path / "parts").config.view, recipe)
    assert_same_run(tmp_path / "whole", tmp_path / "parts")


def test_nothing_tuned_is_training_on_features(squares, store, on_features, tmp_path):
    """Behind a wholly frozen encoder the captioner learns what it learns on stored features, up to their rounding."""
    recipe = SHORT | {"optimizer": "sgd"}
    train(tmp_path / "photos", squares, View.of_photos("toy_cnn", blocks="none"), recipe, start=on_features)
    train(tmp_path / "stored", squares, View.of_store(store), recipe, start=on_features)
    photos, stored = weights(tmp_path / "photos", "best"), weights(tmp_path / "stored", "best")
    for name, array in stored.items():
        np.testing.assert_allclose(photos[name], array, atol=1e-4)
    for name, array in build("toy_cnn", rng=0).state_dict().items():
        assert photos[f"sight.encoder.{name}"].tobytes() == array.tobytes()
    assert "optimizer.1.steps" not in weights(tmp_path / "photos")


def test_a_run_from_photos_begins_with_the_captioner_that_features_trained(squares, on_features, tmp_path):
    """At its first step the tuned model is the old one behind the same encoder; words and scale are the old run's."""
    recipe = SHORT | {"learning_rate": 1e-9, "encoder_learning_rate": 1e-9, "epochs": 1}
    train(tmp_path / "run", squares, View.of_photos("toy_cnn", blocks="1"), recipe, start=on_features)
    old, new = load_run(on_features), load_run(tmp_path / "run")
    assert new.vocabulary.words == old.vocabulary.words and new.config.feature_scale == old.config.feature_scale
    for name, array in old.model.captioner.state_dict().items():
        np.testing.assert_allclose(new.model.captioner.state_dict()[name], array, atol=1e-6)
    for name, array in build("toy_cnn", rng=0).state_dict().items():  # as it was when the features were extracted
        np.testing.assert_allclose(new.model.sight.encoder.state_dict()[name], array, atol=1e-6)
    assert Run.open(tmp_path / "run").metrics()[-1]["bleu_4"] == pytest.approx(
        Run.open(on_features).metrics()[old.config.recipe.epochs - 1]["bleu_4"], abs=0.2)


def test_a_tuned_run_begins_another(squares, on_features, tmp_path):
    """One block first, then two: the second run takes over the first one's encoder."""
    train(tmp_path / "one", squares, View.of_photos("toy_cnn", blocks="1"), SHORT, start=on_features)
    recipe = SHORT | {"learning_rate": 1e-9, "encoder_learning_rate": 1e-9, "epochs": 1}
    train(tmp_path / "two", squares, View.of_photos("toy_cnn", blocks="2"), recipe, start=tmp_path / "one")
    one, two = weights(tmp_path / "one", "best"), weights(tmp_path / "two", "best")
    for name, array in one.items():
        np.testing.assert_allclose(two[name], array, atol=1e-6)


def test_the_stored_half_way_gives_the_same_training_as_the_photos(squares, tmp_path):
    """The frozen part's output from a store, rounded to half precision: the same weights up to that rounding."""
    half = tmp_path / "half"
    extract(read_dataset(squares).photos, build("toy_cnn", rng=0), half, grid="conv3.2")
    recipe = SHORT | {"optimizer": "sgd", "encoder_batchnorm": "live", "like_lengths": False}
    train(tmp_path / "photos", squares, View.of_photos("toy_cnn", blocks="1"), recipe)
    train(tmp_path / "stored", squares, View.behind_store(half, "1"), recipe)
    one, other = weights(tmp_path / "photos", "best"), weights(tmp_path / "stored", "best")
    assert one.keys() == other.keys()
    for name, array in one.items():
        np.testing.assert_allclose(other[name], array, rtol=2e-3, atol=2e-3, err_msg=name)
    assert one["sight.encoder.conv4.W"].tobytes() != build("toy_cnn", rng=0).conv4.W.data.tobytes()
    photo = read_dataset(squares).photos[0].path
    loaded = load_run(tmp_path / "stored")   # captions come from the photo, through the whole network
    image = build("toy_cnn").preprocessing.load(photo)[None]
    assert loaded.model.step(loaded.model.start(image), np.array([2]))[0].shape == (1, loaded.config.V)


def test_the_stored_half_way_resumes_bit_for_bit(squares, tmp_path):
    half = tmp_path / "half"
    extract(read_dataset(squares).photos, build("toy_cnn", rng=0), half, grid="conv2.2")
    inputs = View.behind_store(half, "conv4")
    train(tmp_path / "whole", squares, inputs)
    train(tmp_path / "parts", squares, inputs, report=interrupt_at_step(4))
    train(tmp_path / "parts", squares, Run.open(tmp_path / "parts").config.view)
    assert_same_run(tmp_path / "whole", tmp_path / "parts")


def test_a_store_says_which_weights_the_rest_of_the_way_has(squares, tmp_path):
    """The file that it was made with, wherever that lies now; another file is refused."""
    made_with, moved, other = (tmp_path / name for name in ("made_with", "moved", "other"))
    made_with.write_bytes(b"weights")
    extract(read_dataset(squares).photos, build("toy_cnn", rng=0), tmp_path / "half", grid="conv3.2",
            weights=str(made_with), weights_hash=file_hash(made_with))
    assert View.behind_store(tmp_path / "half", "1").weights == str(made_with)
    made_with.rename(moved)
    assert View.behind_store(tmp_path / "half", "1", weights=moved).weights == str(moved)
    other.write_bytes(b"other weights")
    with pytest.raises(UserError, match="weights with the hash"):
        View.behind_store(tmp_path / "half", "1", weights=other)


def test_a_store_behind_the_tuned_blocks_is_refused(squares, store, tmp_path):
    with pytest.raises(UserError, match="holds the grid conv4, which does not lie before .*conv4.0.*--grid conv3.2"):
        View.behind_store(store, "1")
    with pytest.raises(UserError, match="train on the photos, with --encoder"):
        View.behind_store(store, "all")


def test_a_run_that_does_not_fit_is_no_start(squares, store, on_features, tmp_path):
    """Another grid, another size, another meaning of the weights: one sentence each, and no folder is made."""
    folder = tmp_path / "run"
    for view, recipe, sentence in (
            (View.of_photos("toy_cnn", "conv3.2", blocks="1"), {}, "with the grid conv4, but .* the grid conv3.2"),
            (View.of_photos("toy_cnn", blocks="1"), {"hidden_size": 25}, "no start for this one.*shape"),
            (View.of_photos("toy_cnn", blocks="1"), {"tokenizer": "ptb"}, "tokenizer = simple: .* cannot have ptb"),
            (View.of_photos("toy_cnn", blocks="1"), {"attention_function": "sparsemax"}, "cannot have sparsemax"),
            (View.of_photos("toy_cnn", blocks="1"), {"normalised_places": True},
             "normalised_places = False: .* cannot")):
        with pytest.raises(UserError, match=sentence):
            train(folder, squares, view, SHORT | recipe, start=on_features)
        assert not folder.exists()
    train(folder, squares, View.of_photos("toy_cnn", blocks="1"))
    with pytest.raises(UserError, match="has trained its encoder, so no store holds what it sees"):
        train(tmp_path / "back", squares, View.of_store(store), start=folder)
