"""Layers with one broken line each, and what shows that they are broken: the checker must find them all."""

import numpy as np

from minisat.nn import (
    Add,
    AdditiveScore,
    CrossEntropy,
    DoublyStochasticPenalty,
    Dropout,
    Embedding,
    GRUCell,
    LayerNorm,
    Linear,
    LSTMCell,
    MultiHeadAttention,
    Multiply,
    OneSidedPenalty,
    Positions,
    Recurrent,
    ReLU,
    ScaledDotProduct,
    Sequential,
    Sigmoid,
    SmoothedCrossEntropy,
    Softmax,
    Sparsemax,
    Tanh,
    TransformerBlock,
)
from minisat.nn.cases import PADDED

GENERATOR = np.random.default_rng(5)


def normal(*shape):
    """Standard normal numbers."""
    return GENERATOR.standard_normal(shape)


class SignFlipped(Tanh):
    def backward(self, dy, cache):
        return -super().backward(dy, cache)


class SignFlippedSigmoid(Sigmoid):
    def backward(self, dy, cache):
        return -super().backward(dy, cache)


class TermDropped(Softmax):
    def backward(self, dy, cache):
        return cache.y * dy  # without - y Σ dy y


class ZeroSoftmax(Softmax):
    def backward(self, dy, cache):
        return cache.y * 0.0  # an upstream of ones would not notice


class MeanOverAll(Sparsemax):
    def backward(self, dp, cache):
        return (dp - dp.mean(axis=-1, keepdims=True)) * (cache.p > 0)


class ZerosMoved(Sparsemax):
    def backward(self, dp, cache):
        return dp - (dp * (cache.p > 0)).sum(axis=-1, keepdims=True) / (cache.p > 0).sum(axis=-1, keepdims=True)


class ThresholdConstant(Sparsemax):
    def backward(self, dp, cache):
        return dp * (cache.p > 0)


class TransposeForgotten(Linear):
    def backward(self, dy, cache):
        super().backward(dy, cache)
        return dy @ self.W.data


class BiasForgotten(Linear):
    def backward(self, dy, cache):
        before = self.b.grad.copy()
        dx = super().backward(dy, cache)
        self.b.grad[...] = before
        return dx


class BiasAveraged(Linear):
    def backward(self, dy, cache):
        before = self.b.grad.copy()
        dx = super().backward(dy, cache)
        self.b.grad[...] = before + dy.mean(axis=0)
        return dx


class Overwritten(Linear):
    def backward(self, dy, cache):
        self.W.grad[...] = cache.x.T @ dy  # = instead of +=
        self.b.grad += dy.sum(axis=0)
        return dy @ self.W.data.T


class RepeatedIdLost(Embedding):
    def backward(self, dy, cache):
        self.W.grad[cache.ids] += dy


class CacheChanged(ReLU):
    def backward(self, dy, cache):
        mask = cache.y
        mask[...] = mask > 0
        return dy * mask


class UpstreamChanged(ReLU):
    def backward(self, dy, cache):
        dy *= cache.y > 0
        return dy


class InputChanged(ReLU):
    def forward(self, x):
        x[x < 0] = 0
        return super().forward(x)


class WeightChanged(Linear):
    def forward(self, x):
        self.W.data += 1e-3
        return super().forward(x)


class MaskForgotten(CrossEntropy):
    def backward(self, dloss, cache):
        return super().backward(dloss, cache._replace(weight=cache.weight * 0 + cache.weight.max()))


class PenaltyMaskForgotten(DoublyStochasticPenalty):
    def backward(self, dloss, cache):
        return super().backward(dloss, cache._replace(mask=np.ones_like(cache.mask)))


class BothSided(OneSidedPenalty):
    def of_sums_backward(self, dloss, sums):
        return (sums - self.share) * (2.0 * self.factor(sums.shape)) * dloss


class ShareForgotten(OneSidedPenalty):
    def of_sums_backward(self, dloss, sums):
        return np.maximum(sums - 1.0, 0.0) * (2.0 * self.factor(sums.shape)) * dloss


class UpstreamIgnored(CrossEntropy):
    def backward(self, dloss, cache):
        return super().backward(1.0, cache)


class LabelsSharp(SmoothedCrossEntropy):
    def backward(self, dloss, cache):
        return super().backward(dloss, cache._replace(smoothing=0.0))


class RestSharedAmongTheWrong(SmoothedCrossEntropy):
    def backward(self, dloss, cache):
        dlogits, _ = super().backward(dloss, cache)
        _, targets, weight, shape = cache.cross_entropy
        dlogits[np.arange(len(targets)), targets] += cache.smoothing * weight / shape[-1] * dloss
        return dlogits, None


class LeakAtPadding(Recurrent):
    def backward(self, upstream, cache):
        return super().backward(upstream, cache._replace(mask=None))


class SequenceGradientDropped(Recurrent):
    def backward(self, upstream, cache):
        doutputs, dstate = upstream
        return super().backward((doutputs * 0, dstate), cache)


class CellMemoryDropped(LSTMCell):
    def backward(self, dstate, cache):
        return super().backward((dstate[0], dstate[1] * 0), cache)


class GatesSwapped(LSTMCell):
    def backward(self, dstate, cache):
        H = self.H
        gates = cache.gates[:, [*range(H, 2 * H), *range(H), *range(2 * H, 4 * H)]]
        return super().backward(dstate, cache._replace(gates=gates))


class TanhDerivativeForgotten(LSTMCell):
    def backward(self, dstate, cache):
        return super().backward(dstate, cache._replace(tanh_c=cache.tanh_c * 0))


class ResetGateConstant(GRUCell):
    def backward(self, dstate, cache):
        return super().backward(dstate, cache._replace(inner=cache.inner * 0))


class QueryNotSummed(AdditiveScore):
    def backward(self, dscores, cache):
        dkeys, dh = super().backward(dscores, cache)
        return dkeys, dkeys[:, 0] @ self.W_h.data.T


class BroadcastNotSummed(Multiply):
    def backward(self, dy, cache):
        return dy * cache.b, dy * cache.a


class DropoutNotScaled(Dropout):
    def backward(self, dy, cache):
        return dy * (cache.mask > 0)


class DropoutRedrawn(Dropout):
    def backward(self, dy, cache):
        return dy * self.draw(dy.shape, np.random.default_rng(99), dy)


class NoiseFromNowhere(Dropout):
    def forward(self, x, mask=None):
        return super().forward(x, rng=np.random.default_rng())


class OnlyOneInput(Add):
    def backward(self, dy, cache):
        return (dy, None)


class IdsWithGradient(Embedding):
    def backward(self, dy, cache):
        super().backward(dy, cache)
        return dy


class WrongShape(Tanh):
    def backward(self, dy, cache):
        return super().backward(dy, cache).sum(axis=0)


class LayersForward(Sequential):
    def backward(self, dy, cache):
        for layer, layer_cache in zip(self.layers, cache.caches):
            dy = layer.backward(dy, layer_cache)
        return dy


class SlightlyOff(Tanh):
    def backward(self, dy, cache):
        return super().backward(dy, cache) * (1 + 3e-6)


class OneEntryOff(Linear):
    def backward(self, dy, cache):
        dx = super().backward(dy, cache)
        self.W.grad[2, 1] += 1e-4
        return dx


class RootForgotten(ScaledDotProduct):
    def backward(self, upstream, cache):
        dqueries, dkeys, dvalues = super().backward(upstream, cache)
        root = cache.keys.shape[-1]**0.5
        return dqueries * root, dkeys * root, dvalues


class MaskAfterSoftmax(ScaledDotProduct):
    def forward(self, queries, keys, values):
        (_, weights), cache = ScaledDotProduct().forward(queries, keys, values)
        weights = np.tril(weights)
        return (weights @ values, weights), cache


class WeightsNotLooked(ScaledDotProduct):
    def backward(self, upstream, cache):
        return super().backward((upstream[0], None), cache)


class ReshapedAlone(ScaledDotProduct):
    def backward(self, upstream, cache):
        dy, dweights = upstream
        return super().backward((dy.swapaxes(1, 2).reshape(dy.shape), dweights), cache)


class HeadsTransposed(MultiHeadAttention):
    """Splits the heads by reshaping, without swapping axes, on the way back."""

    def __init__(self, *sizes):
        super().__init__(*sizes)
        self.attention = ReshapedAlone()


class NothingBack(Linear):
    def backward(self, dy, cache):
        return 0 * super().backward(dy, cache)


class MemoryUsedOnce(MultiHeadAttention):
    """Forgets that the memory made the values, too."""

    def __init__(self, M, D, A, heads):
        super().__init__(M, D, A, heads)
        self.W_v = NothingBack(D, A, bias=False)


class RootOfWords(Positions):
    def backward(self, dy, cache):
        return dy


class MeanForgotten(LayerNorm):
    def backward(self, dy, cache):
        right = super().backward(dy, cache)
        return right + (dy * self.gain.data).mean(axis=-1, keepdims=True) * cache.inv_std


class StretchForgotten(LayerNorm):
    def backward(self, dy, cache):
        right, dx_hat = super().backward(dy, cache), dy * self.gain.data
        return right + cache.x_hat * (dx_hat * cache.x_hat).mean(axis=-1, keepdims=True) * cache.inv_std


class ResidualForgotten(TransformerBlock):
    def backward(self, upstream, cache):
        dx, dplaces = super().backward(upstream, cache)
        return dx - upstream[0], dplaces


class Raising(Tanh):
    def backward(self, dy, cache):
        raise IndexError("no such axis")


IDS, STATE = np.array([1, 3, 1, 0]), (normal(3, 5), normal(3, 5))
MUTANTS = [
    (Tanh, SignFlipped, (), (normal(3, 4),), {}),
    (Softmax, TermDropped, (), (normal(3, 4),), {}),
    (Softmax, ZeroSoftmax, (), (normal(3, 4),), {}),
    (Sparsemax, MeanOverAll, (), (normal(3, 4),), {}),
    (Sparsemax, ZerosMoved, (), (normal(3, 4),), {}),
    (Sparsemax, ThresholdConstant, (), (normal(3, 4),), {}),
    (Linear, TransposeForgotten, (4, 4), (normal(3, 4),), {}),
    (Linear, TransposeForgotten, (4, 3), (normal(3, 4),), {}),
    (Linear, BiasForgotten, (4, 3), (normal(3, 4),), {}),
    (Linear, BiasAveraged, (4, 3), (normal(3, 4),), {}),
    (Linear, Overwritten, (4, 3), (normal(3, 4),), {}),
    (Linear, OneEntryOff, (4, 3), (normal(3, 4),), {}),
    (Linear, WeightChanged, (4, 3), (normal(3, 4),), {}),
    (Embedding, RepeatedIdLost, (5, 3), (IDS,), {}),
    (Embedding, IdsWithGradient, (5, 3), (IDS,), {}),
    (ReLU, CacheChanged, (), (normal(3, 4),), {}),
    (ReLU, UpstreamChanged, (), (normal(3, 4),), {}),
    (ReLU, InputChanged, (), (normal(3, 4),), {}),
    (CrossEntropy, MaskForgotten, (), (normal(3, 4, 5), np.ones((3, 4), int)), {"mask": PADDED}),
    (CrossEntropy, UpstreamIgnored, (), (normal(4, 5), IDS), {}),
    (SmoothedCrossEntropy, LabelsSharp, (0.1,), (normal(4, 5), IDS), {}),
    (SmoothedCrossEntropy, RestSharedAmongTheWrong, (0.1,), (normal(4, 5), IDS), {}),
    (DoublyStochasticPenalty, PenaltyMaskForgotten, (), (normal(3, 4, 2), PADDED), {}),
    (OneSidedPenalty, BothSided, (), (normal(3, 4, 2), PADDED), {}),
    (OneSidedPenalty, ShareForgotten, (1.0, "mean", 0.3), (normal(3, 4, 2), PADDED), {}),
    (Recurrent, LeakAtPadding, (LSTMCell(2, 5, rng=0),), (normal(3, 4, 2), PADDED, STATE), {}),
    (Recurrent, SequenceGradientDropped, (LSTMCell(2, 5, rng=0),), (normal(3, 4, 2), PADDED, STATE), {}),
    (LSTMCell, CellMemoryDropped, (4, 5), (normal(3, 4), STATE), {}),
    (LSTMCell, GatesSwapped, (4, 5), (normal(3, 4), STATE), {}),
    (LSTMCell, TanhDerivativeForgotten, (4, 5), (normal(3, 4), STATE), {}),
    (GRUCell, ResetGateConstant, (4, 5), (normal(3, 4), STATE[:1]), {}),
    (AdditiveScore, QueryNotSummed, (4, 5), (normal(3, 6, 4), normal(3, 5)), {}),
    (Multiply, BroadcastNotSummed, (), (normal(3, 1), normal(3, 4)), {}),
    (Dropout, DropoutNotScaled, (0.5,), (normal(3, 4),), {}),
    (Dropout, DropoutRedrawn, (0.5,), (normal(3, 4),), {}),
    (Dropout, NoiseFromNowhere, (0.5,), (normal(3, 4),), {}),
    (Add, OnlyOneInput, (), (normal(3, 4), normal(3, 4)), {}),
    (Tanh, WrongShape, (), (normal(3, 4),), {}),
    (Tanh, SlightlyOff, (), (normal(3, 4),), {}),
    (Tanh, Raising, (), (normal(3, 4),), {}),
    (ScaledDotProduct, RootForgotten, (), (normal(2, 3, 4), normal(2, 5, 4), normal(2, 5, 2)), {}),
    (ScaledDotProduct, WeightsNotLooked, (), (normal(2, 3, 4), normal(2, 5, 4), normal(2, 5, 2)), {}),
    (ScaledDotProduct, MaskAfterSoftmax, (True,), (normal(2, 3, 4), normal(2, 3, 4), normal(2, 3, 2)), {}),
    (MultiHeadAttention, HeadsTransposed, (4, 3, 6, 2), (normal(2, 3, 4), normal(2, 5, 3)), {}),
    (MultiHeadAttention, MemoryUsedOnce, (4, 3, 6, 2), (normal(2, 3, 4), normal(2, 5, 3)), {}),
    (Positions, RootOfWords, (), (normal(2, 3, 4),), {}),
    (LayerNorm, MeanForgotten, (4,), (normal(3, 4),), {}),
    (LayerNorm, StretchForgotten, (4,), (normal(3, 4),), {}),
    (TransformerBlock, ResidualForgotten, (4, 3, 4, 5, 2), (normal(2, 3, 4), normal(2, 5, 3)), {}),
    (Sequential, LayersForward, (Tanh(), Linear(4, 4, rng=0)), (normal(3, 4),), {}),
]
