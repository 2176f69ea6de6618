"""Multi-head attention equals PyTorch's; decoding with what is remembered equals the whole pass."""

import numpy as np
import pytest
from torch_parity import assert_equals_torch

from minisat.nn import MultiHeadAttention


@pytest.mark.peer
@pytest.mark.parametrize("heads, N, T, S, causal", [(2, 3, 3, 5, False), (3, 2, 4, 4, True), (1, 1, 1, 1, False)])
def test_equals_torch(rng, heads, N, T, S, causal):
    """Its function takes queries, keys and values of three widths; its axes are (T, N, M)."""
    M, D = 6, 4

    def reference(torch, inputs, p, _):
        x, memory = (z.transpose(0, 1) for z in inputs)
        hidden = torch.ones(T, S, dtype=torch.bool).triu(1) if causal else None
        y, weights = torch.nn.functional.multi_head_attention_forward(
            x, memory, memory, M, heads, None, None, None, None, False, 0.0, p["W_o.W"].T, None, attn_mask=hidden,
            use_separate_proj_weight=True, q_proj_weight=p["W_q.W"].T, k_proj_weight=p["W_k.W"].T,
            v_proj_weight=p["W_v.W"].T, average_attn_weights=False)
        return y.transpose(0, 1), weights
    layer = MultiHeadAttention(M, D, M, heads, causal=causal, rng=rng)
    assert_equals_torch(layer, reference, rng.standard_normal((N, T, M)), rng.standard_normal((N, S, D)))


def test_word_by_word_it_says_the_same(rng):
    """Each new word asks what was remembered: the rows of the whole causal pass."""
    layer = MultiHeadAttention(5, 5, 6, 3, causal=True, rng=rng).astype("float64")
    x = rng.standard_normal((2, 4, 5))
    whole, weights = layer(x, x)
    keys, values = layer.remembered(x[:, :0])
    for t in range(4):
        keys, values = (np.concatenate(pair, axis=2)
                        for pair in zip((keys, values), layer.remembered(x[:, t:t + 1])))
        y, row = layer.ask(x[:, t:t + 1], keys, values)
        np.testing.assert_allclose(y[:, 0], whole[:, t], atol=1e-12)
        np.testing.assert_allclose(row[:, :, 0], weights[:, :, t, :t + 1], atol=1e-12)


def test_heads_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="4 heads cannot share 6 columns evenly"):
        MultiHeadAttention(5, 5, 6, 4)
