"""Every layer in several shapes, as plain data: what the gradient checker and the parity tests run.

A case is a function of a NumPy Generator that returns `(module, inputs, noise)`: the module is called as
`module.forward(*inputs, **noise)`, inputs are NumPy arrays (float32 or integers), and noise holds what is
passed by name and has no gradient, such as a mask. Stochastic layers may be given their noise by name or
leave it out; the caller then passes an `rng`.
"""

import numpy as np

from minisat.nn.activations import LeakyReLU, ReLU, ReLU6, Sigmoid, Softmax, Tanh
from minisat.nn.attention import AdditiveScore
from minisat.nn.batchnorm import BatchNorm2d
from minisat.nn.combine import Add, Concatenate, MeanOverLocations, Multiply, Scale, WeightedSum
from minisat.nn.containers import Branches, Residual, Sequential
from minisat.nn.conv2d import Conv2d
from minisat.nn.cross_entropy import CrossEntropy
from minisat.nn.doubly_stochastic import DoublyStochasticPenalty, OneSidedPenalty
from minisat.nn.dropout import Dropout
from minisat.nn.embedding import Embedding
from minisat.nn.flatten import Flatten
from minisat.nn.grid import Grid
from minisat.nn.gru import GRUCell
from minisat.nn.hard_attention import EXPECTATION, HardAttention
from minisat.nn.label_smoothing import SmoothedCrossEntropy
from minisat.nn.layer_norm import LayerNorm
from minisat.nn.linear import Linear
from minisat.nn.log_prob import LogProb
from minisat.nn.lrn import LocalResponseNorm
from minisat.nn.lstm import LSTMCell
from minisat.nn.luong import ConcatScore, DotScore, GeneralScore
from minisat.nn.multi_head_attention import MultiHeadAttention
from minisat.nn.pooling import AdaptiveAvgPool2d, AvgPool2d, GlobalAvgPool2d, MaxPool2d
from minisat.nn.positions import Positions
from minisat.nn.recurrent import Recurrent
from minisat.nn.rnn import RNNCell
from minisat.nn.scaled_dot_product import ScaledDotProduct
from minisat.nn.sentinel import Sentinel
from minisat.nn.sparsemax import Sparsemax
from minisat.nn.transformer_block import TransformerBlock

PADDED = np.array([[1, 1, 1, 1], [1, 1, 0, 0], [1, 0, 0, 0]], bool)  # three sequences of 4, 2 and 1 steps


def normal(rng, *shape):
    """Standard normal numbers, float32, of `shape`."""
    return rng.standard_normal(shape).astype(np.float32)


def probabilities(rng, *shape):
    """Positive float32 numbers of `shape` that sum to 1 over the last axis."""
    return rng.dirichlet(np.ones(shape[-1]), shape[:-1]).astype(np.float32)


def _randomised(module, rng):
    """`module` with every parameter drawn anew, so that no bias is zero."""
    for parameter in module.parameters():
        parameter.data[...] = normal(rng, *parameter.shape) * 0.6
    return module


def _cell(cell_type, N=3, D_in=4, H=5, **options):
    def case(rng):
        cell = _randomised(cell_type(D_in, H, rng=rng, **options), rng)
        return cell, (normal(rng, N, D_in), tuple(normal(rng, N, H) for _ in range(cell.state_size))), {}
    return case


def _recurrent(cell_type, mask=PADDED, **options):
    def case(rng):
        cell = _randomised(cell_type(2, 3, rng=rng, **options), rng)
        state = tuple(normal(rng, 3, 3) for _ in range(cell.state_size))
        return Recurrent(cell), (normal(rng, 3, 4, 2), mask, state), {}
    return case


def _score(N, L, A, H, kind=AdditiveScore):
    return lambda rng: (_randomised(kind(A, H, rng=rng), rng), (normal(rng, N, L, A), normal(rng, N, H)), {})


def _hard(*choice, L=5, **options):
    return lambda rng: (HardAttention(**options), (normal(rng, len(choice), L),), {"choice": np.array(choice)})


def _penalty(reduction, strength=0.7, mask=PADDED, kind=DoublyStochasticPenalty, **options):
    return lambda rng: (kind(strength, reduction, **options), (probabilities(rng, 3, 4, 5), mask), {})


def _elementwise(layer, *shape, spread=1.0):
    return lambda rng: (layer, (normal(rng, *shape) * np.float32(spread),), {})


def _sentinel(N, M, H):
    return lambda rng: (_randomised(Sentinel(M, H, rng=rng), rng),
                        (normal(rng, N, M), normal(rng, N, H), normal(rng, N, H)), {})


def _looks(*lead, T, S, d=3, e=2, spread=1.0, **options):
    """Scaled dot-product attention of T queries over S keys; `lead` axes stand before."""
    return lambda rng: (ScaledDotProduct(**options), (normal(rng, *lead, T, d) * np.float32(spread),
                                                      normal(rng, *lead, S, d), normal(rng, *lead, S, e)), {})


def _heads(heads, N=2, T=3, S=4, M=5, D=3, A=6, **options):
    return lambda rng: (_randomised(MultiHeadAttention(M, D, A, heads, **options), rng),
                        (normal(rng, N, T, M), normal(rng, N, S, D)), {})


def _block(N, T, L, M=4, D=3, A=4, H=5, heads=2, dropout=0.3):
    return lambda rng: (_randomised(TransformerBlock(M, D, A, H, heads, dropout=dropout), rng),
                        (normal(rng, N, T, M), normal(rng, N, L, D)), {})


def _convolution(*shape, C_out, kernel, **options):
    return lambda rng: (_randomised(Conv2d(shape[1], C_out, kernel, **options), rng), (normal(rng, *shape),), {})


def _batch_norm(training, *shape):
    def case(rng):
        layer = _randomised(BatchNorm2d(shape[1]).train(training), rng)
        layer.running_mean.data[...] = normal(rng, shape[1])
        layer.running_var.data[...] = rng.uniform(0.5, 2.0, shape[1])
        return layer, (normal(rng, *shape) + np.float32(0.5),), {}
    return case


CASES = {
    "linear": lambda rng: (_randomised(Linear(4, 3), rng), (normal(rng, 5, 4),), {}),
    "linear.sequence": lambda rng: (_randomised(Linear(4, 3), rng), (normal(rng, 2, 3, 4),), {}),
    "linear.no_bias": lambda rng: (Linear(4, 3, bias=False, rng=rng), (normal(rng, 1, 4),), {}),
    "linear.one_to_one": lambda rng: (_randomised(Linear(1, 1), rng), (normal(rng, 1, 1),), {}),

    "relu": _elementwise(ReLU(), 3, 5),
    "leaky_relu": _elementwise(LeakyReLU(0.2), 3, 5),
    "relu6": _elementwise(ReLU6(), 4, 6, spread=6.0),
    "tanh": _elementwise(Tanh(), 2, 3, 4),
    "sigmoid": _elementwise(Sigmoid(), 3, 5, spread=3.0),
    "softmax": _elementwise(Softmax(), 3, 5),
    "softmax.large_scores": _elementwise(Softmax(), 2, 3, 4, spread=8.0),
    "softmax.one_location": _elementwise(Softmax(), 3, 1),
    "sparsemax": _elementwise(Sparsemax(), 3, 5),
    "sparsemax.few_above": _elementwise(Sparsemax(), 2, 3, 6, spread=1.5),
    "sparsemax.all_above": _elementwise(Sparsemax(), 2, 5, spread=0.05),
    "sparsemax.one_location": _elementwise(Sparsemax(), 3, 1),

    "dropout.drawn": lambda rng: (Dropout(0.4), (normal(rng, 4, 6),), {}),
    "dropout.given": lambda rng: (Dropout(0.5), (normal(rng, 2, 3),),
                                  {"mask": np.array([[0, 2, 2], [2, 0, 0]], np.float32)}),
    "dropout.evaluation": lambda rng: (Dropout(0.5).eval(), (normal(rng, 2, 3),), {}),

    "embedding": lambda rng: (Embedding(7, 3, rng=rng), (np.array([[2, 5, 0], [6, 1, 3]]),), {}),
    "embedding.repeated_ids": lambda rng: (Embedding(5, 3, rng=rng), (np.array([[1, 4, 1, 1], [4, 0, 0, 1]]),), {}),
    "embedding.one": lambda rng: (Embedding(1, 1, rng=rng), (np.array([0]),), {}),

    "add": lambda rng: (Add(), (normal(rng, 2, 3), normal(rng, 2, 3), normal(rng, 2, 3)), {}),
    "multiply": lambda rng: (Multiply(), (normal(rng, 3, 4), normal(rng, 3, 4)), {}),
    "multiply.beta_times_context": lambda rng: (Multiply(), (normal(rng, 3, 1), normal(rng, 3, 4)), {}),
    "multiply.one_row": lambda rng: (Multiply(), (normal(rng, 3, 4), normal(rng, 1, 4)), {}),
    "concatenate": lambda rng: (Concatenate(), (normal(rng, 3, 2), normal(rng, 3, 4), normal(rng, 3, 1)), {}),
    "weighted_sum": lambda rng: (WeightedSum(), (probabilities(rng, 3, 5), normal(rng, 3, 5, 4)), {}),
    "weighted_sum.one_location": lambda rng: (WeightedSum(), (normal(rng, 1, 1), normal(rng, 1, 1, 4)), {}),
    "mean_over_locations": lambda rng: (MeanOverLocations(), (normal(rng, 2, 5, 3),), {}),
    "scale": lambda rng: (Scale(1.7), (normal(rng, 2, 3, 4),), {}),

    "additive_score": _score(3, 5, 4, 6),
    "additive_score.one_location": _score(1, 1, 3, 2),
    "dot_score": lambda rng: (DotScore(), (normal(rng, 3, 5, 4), normal(rng, 3, 4)), {}),
    "general_score": _score(3, 5, 4, 6, GeneralScore),
    "concat_score": _score(3, 5, 4, 6, ConcatScore),
    "sentinel": _sentinel(3, 4, 5),
    "sentinel.size_one": _sentinel(1, 1, 1),
    "hard_attention": _hard(1, 4, 0),
    "hard_attention.expectation": _hard(2, EXPECTATION, 0, temperature=1.6),
    "hard_attention.one_location": _hard(0, L=1),

    "scaled_dot_product": _looks(2, T=3, S=5),
    "scaled_dot_product.causal": _looks(2, 2, T=4, S=4, causal=True),
    "scaled_dot_product.last_words": _looks(2, T=2, S=4, causal=True),
    "scaled_dot_product.large_scores": _looks(T=4, S=4, causal=True, spread=8.0),
    "scaled_dot_product.one_place": _looks(1, T=1, S=1, d=1, e=1, causal=True),
    "multi_head_attention": _heads(2),
    "multi_head_attention.causal": _heads(3, T=4, S=4, causal=True),
    "multi_head_attention.one_head": _heads(1, N=1, T=1, S=1),
    "positions": lambda rng: (Positions(), (normal(rng, 2, 4, 5),), {}),
    "positions.later_words": lambda rng: (Positions(), (normal(rng, 1, 2, 4),), {"first": 7}),
    "transformer_block": _block(2, 3, 4),
    "transformer_block.one_word": _block(1, 1, 1, heads=1, dropout=0.0),

    "cross_entropy": lambda rng: (CrossEntropy(), (normal(rng, 4, 6), np.array([0, 5, 2, 2])), {}),
    "cross_entropy.masked": lambda rng: (CrossEntropy(), (normal(rng, 3, 4, 6), rng.integers(0, 6, (3, 4))),
                                         {"mask": PADDED}),
    "cross_entropy.large_logits": lambda rng: (CrossEntropy(), (normal(rng, 4, 6) * np.float32(8),
                                                                np.array([0, 5, 2, 2])), {}),
    "smoothed_cross_entropy": lambda rng: (SmoothedCrossEntropy(0.3), (normal(rng, 4, 6), np.array([0, 5, 2, 2])), {}),
    "smoothed_cross_entropy.masked": lambda rng: (SmoothedCrossEntropy(0.1), (normal(rng, 3, 4, 6),
                                                                              rng.integers(0, 6, (3, 4))),
                                                  {"mask": PADDED}),
    "log_prob": lambda rng: (LogProb(), (normal(rng, 4, 6), np.array([0, 5, 2, 2])), {}),
    "log_prob.sentences": lambda rng: (LogProb(0.7), (normal(rng, 3, 4, 6), rng.integers(0, 6, (3, 4))), {}),
    "doubly_stochastic.paper": _penalty("paper"),
    "doubly_stochastic.arctic": _penalty("arctic"),
    "doubly_stochastic.mean": _penalty("mean", strength=2.0),
    "doubly_stochastic.no_padding": _penalty("paper", mask=np.ones((3, 4), bool)),
    "one_sided_penalty": _penalty("paper", kind=OneSidedPenalty, share=0.4),
    "one_sided_penalty.mean": _penalty("mean", mask=np.ones((3, 4), bool), kind=OneSidedPenalty),

    "rnn_cell": _cell(RNNCell),
    "rnn_cell.size_one": _cell(RNNCell, N=1, D_in=1, H=1),
    "lstm_cell": _cell(LSTMCell),
    "lstm_cell.size_one": _cell(LSTMCell, N=1, D_in=1, H=1),
    "gru_cell.reset_before": _cell(GRUCell, reset_after=False),
    "gru_cell.reset_after": _cell(GRUCell, reset_after=True),
    "gru_cell.size_one": _cell(GRUCell, N=1, D_in=1, H=1),
    "recurrent.rnn": _recurrent(RNNCell),
    "recurrent.lstm": _recurrent(LSTMCell),
    "recurrent.lstm.no_padding": _recurrent(LSTMCell, mask=None),
    "recurrent.gru": _recurrent(GRUCell),
    "recurrent.gru.reset_after": _recurrent(GRUCell, reset_after=True),

    "conv2d": _convolution(2, 3, 5, 4, C_out=2, kernel=3, padding=1),
    "conv2d.stride": _convolution(2, 2, 6, 7, C_out=3, kernel=3, stride=2, bias=False),
    "conv2d.pairs": _convolution(1, 2, 5, 6, C_out=2, kernel=(1, 3), stride=(2, 1), padding=(0, 1)),
    "conv2d.many_channels": _convolution(2, 9, 4, 4, C_out=2, kernel=3, padding=1),
    "conv2d.1x1": _convolution(2, 4, 3, 2, C_out=3, kernel=1),
    "conv2d.1x1.stride": _convolution(2, 4, 3, 5, C_out=3, kernel=1, stride=2),
    "conv2d.groups": _convolution(2, 4, 4, 3, C_out=6, kernel=3, padding=1, groups=2),
    "conv2d.depthwise": _convolution(2, 3, 5, 4, C_out=3, kernel=3, stride=2, padding=1, groups=3),
    "conv2d.size_one": _convolution(1, 1, 1, 1, C_out=1, kernel=1),

    "max_pool2d": lambda rng: (MaxPool2d(2), (normal(rng, 2, 3, 4, 5),), {}),
    "max_pool2d.overlapping": lambda rng: (MaxPool2d(3, 2, padding=1, ceil_mode=True), (normal(rng, 2, 2, 6, 5),), {}),
    "max_pool2d.pairs": lambda rng: (MaxPool2d((2, 3), (1, 2), padding=(1, 0)), (normal(rng, 2, 2, 4, 7),), {}),
    "avg_pool2d": lambda rng: (AvgPool2d(3, 2, padding=1), (normal(rng, 2, 2, 5, 6),), {}),
    "avg_pool2d.without_padding": lambda rng: (AvgPool2d(3, 2, padding=1, ceil_mode=True, count_include_pad=False),
                                               (normal(rng, 2, 2, 6, 5),), {}),
    "global_avg_pool2d": lambda rng: (GlobalAvgPool2d(), (normal(rng, 2, 3, 4, 5),), {}),
    "adaptive_avg_pool2d": lambda rng: (AdaptiveAvgPool2d((3, 2)), (normal(rng, 2, 3, 5, 7),), {}),
    "adaptive_avg_pool2d.larger": lambda rng: (AdaptiveAvgPool2d(3), (normal(rng, 1, 2, 2, 1),), {}),

    "flatten": lambda rng: (Flatten(), (normal(rng, 2, 3, 1, 4),), {}),
    "grid": lambda rng: (Grid(), (normal(rng, 2, 3, 2, 4),), {}),

    "batch_norm2d.training": _batch_norm(True, 3, 2, 2, 3),
    "batch_norm2d.evaluation": _batch_norm(False, 2, 3, 2, 3),
    "batch_norm2d.one_image": _batch_norm(True, 1, 2, 3, 1),
    "layer_norm": lambda rng: (_randomised(LayerNorm(5), rng), (normal(rng, 3, 5),), {}),
    "layer_norm.locations": lambda rng: (_randomised(LayerNorm(5), rng), (normal(rng, 2, 3, 5),), {}),
    "layer_norm.not_affine": lambda rng: (LayerNorm(4, affine=False), (normal(rng, 2, 3, 4),), {}),
    "local_response_norm": lambda rng: (LocalResponseNorm(3, 0.5, 0.75, 1.5), (normal(rng, 2, 5, 2, 3),), {}),
    "local_response_norm.wide": lambda rng: (LocalResponseNorm(6, 0.5, 0.6, 2.0), (normal(rng, 2, 3, 1, 2),), {}),

    "sequential": lambda rng: (Sequential(Linear(4, 6, rng=rng), ReLU(), Dropout(0.3), Linear(6, 2, rng=rng)),
                               (normal(rng, 3, 4),), {}),
    "branches": lambda rng: (Branches(Linear(4, 2, rng=rng), Sequential(Linear(4, 3, rng=rng), Tanh(), Dropout(0.3))),
                             (normal(rng, 3, 4),), {}),
    "branches.convolutions": lambda rng: (Branches(Conv2d(2, 3, 1, rng=rng), Conv2d(2, 2, 3, padding=1, rng=rng)),
                                          (normal(rng, 2, 2, 3, 4),), {}),
    "residual": lambda rng: (Residual(Sequential(Linear(3, 5, rng=rng), Tanh(), Dropout(0.3), Linear(5, 3, rng=rng))),
                             (normal(rng, 4, 3),), {}),
    "residual.shortcut": lambda rng: (Residual(Linear(3, 2, rng=rng), Sequential(Linear(3, 2, rng=rng), Tanh())),
                                      (normal(rng, 4, 3),), {}),
}
