"""Exercise 19, solved: the six layers, each with its mistake repaired."""

import numpy as np

from minisat.backend import scatter_add
from minisat.captioner import ShowAttendTell
from minisat.nn import AdditiveScore, CrossEntropy, Embedding, LSTMCell, Softmax


class Shares(Softmax):
    """y = softmax(x). "The maps never get sharp." """

    def backward(self, dy, cache):
        """dy (N, L) → dx (N, L)."""
        (y,) = cache
        return y * (dy - (dy * y).sum(axis=-1, keepdims=True))   # the shares compete: nudge one, and all others give


class LookUp(Embedding):
    """y = W[ids]. "The words that come most often are learnt worst." """

    def backward(self, dy, cache):
        """dy (N, T, M) → None. Adds to self.W.grad (V, M)."""
        (ids,) = cache
        scatter_add(self.W.grad, ids.reshape(-1), dy.reshape(-1, dy.shape[-1]))   # a repeated word gets every row
        return None


class Gates(LSTMCell):
    """c = f c_prev + i g, h = o tanh(c), as in lesson 10. "It forgets the beginning of the sentence." """

    def backward(self, dstate, cache):
        """dstate (dh, dc), each (N, H) → dx (N, D_in), (dh_prev, dc_prev)."""
        x, h_prev, c_prev, gates, tanh_c = cache
        i, f, g, o = np.split(gates, 4, axis=1)
        dh, dc = dstate
        dc = dc + dh * o * (1 - tanh_c**2)
        da = np.concatenate([dc * g * i * (1 - i), dc * c_prev * f * (1 - f), dc * i * (1 - g**2),
                             dh * tanh_c * o * (1 - o)], axis=1)                   # σ' = σ (1 - σ), for f as well
        self.W_x.grad += x.T @ da
        self.W_h.grad += h_prev.T @ da
        self.b.grad += da.sum(axis=0)
        return da @ self.W_x.data.T, (da @ self.W_h.data.T, dc * f)


class Surprise(CrossEntropy):
    """The mean of -log p over the real words, as in lesson 2. "It learns from padding as if that were a word." """

    def backward(self, dloss, cache):
        """dloss, a number → (dlogits in the shape of the logits, None)."""
        p, targets, weight, shape = cache
        counts = dloss * weight                                  # 0 where there is padding
        dlogits = p * counts[:, None]
        dlogits[np.arange(len(targets)), targets] -= counts
        return dlogits.reshape(shape), None


class Match(AdditiveScore):
    """e_i = v · tanh(K_i + h W_h + b), as in lesson 13. "Where to look is learnt from the first word alone." """

    def backward(self, dscores, cache):
        """dscores (N, L) → (dkeys (N, L, A), dh (N, H)). Called once for every word, the last one first."""
        h, hidden = cache
        dkeys = dscores[:, :, None] * self.v.data * (1 - hidden**2)
        dquery = dkeys.sum(axis=1)
        self.v.grad += (dscores[:, :, None] * hidden).sum(axis=(0, 1))
        self.W_h.grad += h.T @ dquery                            # every word adds to what the others said
        self.b.grad += dquery.sum(axis=0)
        return dkeys, dquery @ self.W_h.data.T


class Sentence(ShowAttendTell):
    """The whole captioner, as in lesson 14. "Everything inside it is right, and still it learns badly." """

    def backward(self, upstream, cache):
        """(dlogits (N, T, V), dalphas (N, T, L) or None) → (dfeatures (N, L, D), None)."""
        dlogits, dalphas = upstream
        dtotal = self.dropout.backward(self.L_o.backward(dlogits, cache.L_o), cache.dropout)
        dwords, dfrom_h, dfrom_z = self.add.backward(dtotal, cache.add)
        dhs, dzs = self.L_h.backward(dfrom_h, cache.L_h), self.L_z.backward(dfrom_z, cache.L_z)
        dwords, dfeatures, dkeys = dwords.copy(), 0, 0
        dstate = np.zeros_like(dhs[:, 0]), np.zeros_like(dhs[:, 0])
        for t in reversed(range(len(cache.steps))):
            dlook = (0.0 if dalphas is None else dalphas[:, t],)
            arriving = (dstate[0] + dhs[:, t], dstate[1]), dzs[:, t], dlook
            dword, dfeatures_t, dkeys_t, dstate = self.attend.backward(arriving, cache.steps[t])   # each word, its own
            dwords[:, t] += dword
            dfeatures, dkeys = dfeatures + dfeatures_t, dkeys + dkeys_t
        self.embedding.backward(dwords, cache.embedding)
        dfeatures = dfeatures + self.keys.backward(dkeys, cache.keys) + self._first_state_backward(dstate, cache.start)
        return self.scale.backward(dfeatures, cache.scale), None


def admit(objective):
    """Put the six into a TeacherForcing objective, in place of the layers that they are; weights stay as they are."""
    captioner = objective.captioner
    for layer, patient in ((captioner, Sentence), (captioner.embedding, LookUp), (captioner.attend.softmax, Shares),
                           (captioner.attend.cell, Gates), (captioner.attend.score, Match),
                           (objective.cross_entropy, Surprise)):
        layer.__class__ = patient
