"""Exercise 12, solved: the backward pass of Show and Tell, from the words back to the places of the photo.

Two ways to get it wrong:

* `dhs[:, t]` without `dh`: each word learns alone, and the photo, which was read before the first, hears of that one
  only.
* Nothing back from the photo's own step, because no word was asked for there: it is the only way to the CNN.
"""

import numpy as np

from minisat.captioner.show_tell import ShowTell


class PhotoFirst(ShowTell):
    """features (N, L, D), ids (N, T) → logits (N, T, V): v = the mean of the L places is read before the words."""

    def backward(self, upstream, cache):
        """dlogits (N, T, V) → dfeatures (N, L, D). M is the size of a word's vector, H that of the state."""
        dlogits, _ = upstream
        dhs = self.dropout.backward(self.W_o.backward(dlogits, cache.W_o), cache.dropout)  # (N, T, H), from the words
        photo_step, *word_steps = cache.steps           # what the LSTM remembers of the photo, and of each word
        N, T, H = dhs.shape

        dh, dc = np.zeros((N, H)), np.zeros((N, H))     # what the next step sends back; the last one has no next
        dx_photo = 0.0
        dwords = [None] * T
        for t in reversed(range(T)):
            arrives = dh + dhs[:, t]                    # h_t was used twice: by the next step and by its own word
            dwords[t], (dh, dc) = self.cell.backward((arrives, dc), word_steps[t])
            if self.image_every_step:
                dwords[t], part = self.add.backward(dwords[t], cache.adds[t])
                dx_photo = dx_photo + part
        self.embedding.backward(np.stack(dwords, axis=1), cache.embedding)

        first, _ = self.cell.backward((dh, dc), photo_step)            # no word was asked for here: only dh and dc
        dx_photo = dx_photo + first                                    # added to what the words have sent, if they have
        dv = self.image.backward(dx_photo, cache.image)

        L = cache.mean.L
        dfeatures = np.repeat(dv[:, None, :] / L, L, axis=1)           # v_d = Σ_i a_id / L  ⇒  da_id = dv_d / L
        return self.scale.backward(dfeatures, cache.scale), None
