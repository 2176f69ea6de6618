"""A block equals PyTorch's decoder layer with its norms first; word by word it says what the whole pass says."""

import numpy as np
import pytest
from torch_parity import assert_equals_torch

from minisat.nn import TransformerBlock


class WordsAlone(TransformerBlock):
    """The block without the weights of its look, which PyTorch's layer does not give."""

    def forward(self, x, places):
        (x, _), cache = super().forward(x, places)
        return x, cache

    def backward(self, dx, cache):
        return super().backward((dx, None), cache)


def in_torch(torch, inputs, p, _):
    """TransformerDecoderLayer of 6 entries, 2 heads and 5 hidden units, its attention's biases zero."""
    layer = torch.nn.TransformerDecoderLayer(6, 2, 5, 0.0, batch_first=True, norm_first=True, dtype=torch.float64)
    weights = {name: torch.zeros_like(value) for name, value in layer.named_parameters()}
    for theirs, ours in (("self_attn", "words"), ("multihead_attn", "look")):
        weights[f"{theirs}.in_proj_weight"] = torch.cat([p[f"{ours}.W_{k}.W"].T for k in "qkv"])
        weights[f"{theirs}.out_proj.weight"] = p[f"{ours}.W_o.W"].T
    for theirs, ours in (("norm1", "norm_words"), ("norm2", "norm_look"), ("norm3", "norm_think")):
        weights |= {f"{theirs}.weight": p[f"{ours}.gain"], f"{theirs}.bias": p[f"{ours}.shift"]}
    for theirs, ours in (("linear1", 0), ("linear2", 2)):
        weights |= {f"{theirs}.weight": p[f"think.layers.{ours}.W"].T, f"{theirs}.bias": p[f"think.layers.{ours}.b"]}
    later = torch.ones(inputs[0].shape[1], inputs[0].shape[1], dtype=torch.bool).triu(1)
    return torch.func.functional_call(layer, weights, inputs, {"tgt_mask": later})


def block(rng, kind=TransformerBlock):
    made = kind(6, 6, 6, 5, 2, dropout=0.0, rng=rng).astype("float64")
    for parameter in made.parameters():
        parameter.data[...] = 0.6 * rng.standard_normal(parameter.shape)
    return made


@pytest.mark.peer
@pytest.mark.parametrize("N, T, L", [(1, 1, 1), (2, 4, 3)])
def test_equals_torch(rng, N, T, L):
    x, places = rng.standard_normal((N, T, 6)), rng.standard_normal((N, L, 6))
    assert_equals_torch(block(rng, WordsAlone), in_torch, x, places)


class NormsLast(WordsAlone):
    """Not what the block promises: each sum is normalised, as in the first transformer."""

    def forward(self, x, places):
        y, cache = super().forward(x, places)
        return self.norm_think(y), cache


@pytest.mark.peer
def test_norms_in_another_place_are_noticed(rng):
    with pytest.raises(AssertionError):
        assert_equals_torch(block(rng, NormsLast), in_torch, rng.standard_normal((2, 4, 6)),
                            rng.standard_normal((2, 3, 6)))


def test_word_by_word_it_says_the_same(rng):
    layer = block(rng)
    x, places = rng.standard_normal((2, 4, 6)), rng.standard_normal((2, 3, 6))
    whole, weights = layer(x, places)
    said, seen = layer.words.remembered(x[:, :0]), layer.look.remembered(places)
    for t in range(4):
        y, said, look = layer.step(x[:, t:t + 1], said, seen)
        np.testing.assert_allclose(y[:, 0], whole[:, t], atol=1e-12)
        np.testing.assert_allclose(look[:, :, 0], weights[:, :, t], atol=1e-12)


def test_frozen_dropout_is_taken_in_its_order(rng):
    """The third mask of zeros leaves out what thinking adds; with all three of zeros nothing is added."""
    layer = TransformerBlock(6, 6, 6, 5, 2, dropout=0.5, rng=rng).astype("float64")
    x, places = rng.standard_normal((2, 4, 6)), rng.standard_normal((2, 3, 6))
    none, all_ = np.zeros_like(x), np.ones_like(x)
    np.testing.assert_array_equal(layer(x, places, masks=(none, none, none))[0], x)
    without, _ = layer(x, places, masks=(all_, all_, none))
    added = layer.think(layer.norm_think(without))
    np.testing.assert_allclose(layer(x, places, masks=(all_, all_, all_))[0], without + added, atol=1e-12)
