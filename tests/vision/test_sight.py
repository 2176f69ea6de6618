"""What a captioner sees: facts that go to JSON and back, and as a layer what is left to run of an encoder."""

import json

import numpy as np
import pytest
from PIL import Image
from squares import squares, store  # noqa: F401  fixtures

from minisat.data import read_dataset
from minisat.errors import UserError
from minisat.gradcheck import check
from minisat.vision import FeatureStore, Sight, View, build, extract


@pytest.fixture
def half(squares, tmp_path):  # noqa: F811
    """A store of an earlier stage."""
    return extract(read_dataset(squares).photos, build("toy_cnn", rng=0), tmp_path / "half", grid="conv3.2").path


@pytest.fixture
def views(store, half):  # noqa: F811
    """The three ways to see."""
    return View.of_store(store), View.behind_store(half, "1"), View.of_photos("toy_cnn", blocks="2")


def test_facts_go_to_json_and_back(views):
    """And say of what is left to run: nothing, the stages behind the store, all."""
    for view in views:
        assert View.from_dict(json.loads(json.dumps(view.to_dict()))) == view
    assert [view.complete for view in views] == [True, False, False]
    assert [view.after for view in views] == ["conv4", "conv3.2", None]
    assert [view.whole.after for view in views] == ["conv4", None, None]  # as photos are captioned
    assert all(view.cells.shape == (8, 8) for view in views)


def test_stored_features_pass_untouched(views, store, rng):  # noqa: F811
    """No encoder is built, nothing is copied, and the gradient comes back as it went in."""
    sight = Sight.build(views[0], 0, "frozen")
    x, dy = rng.standard_normal((2, 64, 66)), rng.standard_normal((2, 64, 66))
    y, cache = sight.forward(x)
    assert y is x and sight(x) is x and sight.backward(dy, cache) is dy
    assert not sight.state_dict() and sight.described() is None


def test_half_way_and_whole_way_give_the_same(views, squares):  # noqa: F811
    """From a photo, and from a store of an earlier stage: equal features up to the store's rounding."""
    photos = read_dataset(squares).photos[:3]
    found = []
    for view in views[1:]:
        gather, rows = view.inputs(photos, view.open_store("The test"))
        found.append(Sight.build(view, 0, "frozen").eval()(gather(rows)))
    np.testing.assert_allclose(*found, atol=5e-3)


def test_what_a_store_holds_is_what_a_photo_gives(views, squares, store):  # noqa: F811
    """A photo captioned from its file has the features, to the last bit of float16, that the store has of it."""
    photo = read_dataset(squares).photos[0]
    sight = Sight.build(views[0], 0, "frozen")
    rows = FeatureStore.open(store).rows([photo.name])
    seen = sight.of_photos([sight.view.preprocessing.crop(Image.open(photo.path))])
    np.testing.assert_allclose(seen, FeatureStore.open(store).gather(rows), atol=2e-3)
    assert np.array_equal(seen, seen.astype(np.float16))


def test_gradient_of_what_is_left(rng):
    """Its last block's parameters against numbers, from features of the stage before; a wrong one is noticed."""
    encoder = build("toy_cnn", rng=0).tune(["conv4.0"], batchnorm="live")
    view = View("toy_cnn", "conv4", 16, 66, encoder.preprocessing, None, None, store="s", after="conv3.2",
                tune=("conv4.0",))
    features = rng.standard_normal((2, 16, 64))

    class Given(Sight):
        """Features are given, as noise is: backward ends behind them."""

        def forward(self, *, x):
            """x (N, L', D') → features (N, L, D)."""
            return super().forward(x)

        def backward(self, dy, cache):
            """dy → no input gradients."""
            super().backward(dy * self.factor, cache)
            return ()

    for factor, right in ((1.0, True), (1.001, False)):
        sight = Given(view, encoder)
        sight.factor = factor
        assert check(sight, noise={"x": features}, directions=3).ok is right


def test_another_store_is_refused(views, half):
    """One sentence says what is different."""
    with pytest.raises(UserError, match="The run was made with the grid conv4, but these features with .*conv3.2"):
        views[0].check_store(FeatureStore.open(half), "The run")
    assert views[0].difference(views[2]) == "what comes in, stored features or photos"
    assert views[1].difference(views[2]) is None
