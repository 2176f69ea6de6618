"""Two penalties on the looks of a caption: every location should get its share, or none more than its share."""

from typing import NamedTuple

import numpy as np

from minisat.backend import get_array_module
from minisat.nn.module import Module


class DoublyStochasticCache(NamedTuple):
    """What backward remembers."""

    sums: np.ndarray  # (N, L) attention that each location got, Σ_t alpha_ti
    mask: np.ndarray  # (N, T) 1 where a word is real


class DoublyStochasticPenalty(Module):
    """λ Σ_i (1 - Σ_t alpha_ti)²  (Xu et al. 2015, eq. 14), λ = `strength`, padding masked.

    `reduction` says what happens to the (N, L) squares: "paper" sums over locations and averages over the
    batch; "arctic" sums over the batch and averages over locations, as the authors' code does; "mean"
    averages over both.
    """

    REDUCTIONS = ("paper", "arctic", "mean")

    def __init__(self, strength=1.0, reduction="paper"):
        if reduction not in self.REDUCTIONS:
            raise ValueError(f"The reduction must be one of {', '.join(self.REDUCTIONS)}, not {reduction!r}.")
        self.strength, self.reduction = strength, reduction

    def factor(self, shape):
        """What each of the (N, L) = `shape` squares is multiplied by: λ, divided as the reduction says."""
        N, L = shape
        return self.strength / {"paper": N, "arctic": L, "mean": N * L}[self.reduction]

    def of_sums(self, sums):
        """sums (N, L), attention summed over real words → penalty ()."""
        gap = 1.0 - sums
        return self.factor(sums.shape) * (gap * gap).sum()

    def of_sums_backward(self, dloss, sums):
        """dloss (a number), sums (N, L) → dsums (N, L)."""
        # penalty = k Σ (1 - s)²  ⇒  ds = -2 k (1 - s) dloss
        return (1.0 - sums) * (-2.0 * self.factor(sums.shape)) * dloss

    def forward(self, alphas, mask):
        """alphas (N, T, L), mask (N, T) true where a word is real → penalty ()."""
        mask = mask.astype(alphas.dtype)
        sums = (alphas * mask[:, :, None]).sum(axis=1)
        return self.of_sums(sums), DoublyStochasticCache(sums, mask)

    def backward(self, dloss, cache):
        """dloss (a number, 1.0 in training) → (dalphas (N, T, L), None): the mask has no gradient."""
        sums, mask = cache
        dsums = self.of_sums_backward(dloss, sums)
        return dsums[:, None, :] * mask[:, :, None], None  # s_i = Σ_t mask_t alpha_ti  ⇒  dalpha_ti = mask_t ds_i


class OneSidedPenalty(DoublyStochasticPenalty):
    """λ Σ_i max(0, s_i - c)², s_i = Σ_t alpha_ti: only looks beyond c = `share` of them at one location are charged.

    Σ_i s_i = T whatever the captioner does, so (1 - s_i)² is least where all s_i are equal, and sharp looks cost even
    while they move. Here they cost nothing until they stay. Strength, padding and reductions are as above.
    """

    def __init__(self, strength=1.0, reduction="paper", share=1.0):
        super().__init__(strength, reduction)
        self.share = share

    def of_sums(self, sums):
        """sums (N, L), attention summed over real words → penalty ()."""
        excess = self._excess(sums)
        return self.factor(sums.shape) * (excess * excess).sum()

    def of_sums_backward(self, dloss, sums):
        """dloss (a number), sums (N, L) → dsums (N, L)."""
        # penalty = k Σ max(0, s - c)²  ⇒  ds = 2 k max(0, s - c) dloss: at the kink both sides have the slope 0
        return self._excess(sums) * (2.0 * self.factor(sums.shape)) * dloss

    def _excess(self, sums):
        return get_array_module(sums).maximum(sums - self.share, 0.0)
