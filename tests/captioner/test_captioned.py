"""A captioner behind its sight: the same words, fast or plain, and weights of earlier versions under today's names."""

import numpy as np
import pytest

from minisat.captioner import Captioned, Recipe, build_captioner
from minisat.captioner.decoding import greedy
from minisat.errors import UserError
from minisat.vision import Sight, build

SMALL = Recipe(embedding_size=5, hidden_size=6, attention_size=4)


def model(rng):
    """A captioner of 9 words on all of a small encoder."""
    encoder = build("toy_cnn_v2", rng=rng)
    return Captioned(Sight.of_encoder(encoder), build_captioner(SMALL, 9, 66, rng=rng)).eval()


def test_the_fast_model_says_the_same(rng):
    one, photos = model(1), rng.standard_normal((2, 3, 16, 16)).astype(np.float32)
    for plain, fast in zip(greedy(one, photos, 5), greedy(one.fast(), photos, 5)):
        assert plain.ids == fast.ids and plain.logprob == pytest.approx(fast.logprob, abs=1e-4)


def test_weights_of_earlier_versions(rng):
    """An encoder's stood beside `captioner.`; a captioner on stored features had no prefix at all."""
    one, other = model(1), model(2)
    other.load_state_dict({name.removeprefix("sight."): array for name, array in one.state_dict().items()})
    assert all(np.array_equal(array, other.state_dict()[name]) for name, array in one.state_dict().items())

    bare, captioner = Captioned(Sight(one.sight.view), build_captioner(SMALL, 9, 66, rng=3)), one.captioner
    bare.load_state_dict(captioner.state_dict())
    assert all(np.array_equal(array, bare.captioner.state_dict()[name])
               for name, array in captioner.state_dict().items())
    with pytest.raises(UserError, match="embedding.W is missing"):
        bare.load_state_dict({name: array for name, array in captioner.state_dict().items() if "embedding" not in name})
