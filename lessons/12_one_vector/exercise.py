"""Exercise 12: the backward pass of Show and Tell, from the words back to the places of the photo.

Forward is minisat's own. Fill the three gaps, then run: minisat lesson check 12
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
            arrives = dh                                # gap 1: from the next step, and ...?
            dwords[t], (dh, dc) = self.cell.backward((arrives, dc), word_steps[t])
            if self.image_every_step:                   # then x_t = word + photo, so the photo gets its part here too
                dwords[t], part = self.add.backward(dwords[t], cache.adds[t])
                dx_photo = dx_photo + part
        self.embedding.backward(np.stack(dwords, axis=1), cache.embedding)

        dx_photo = dx_photo + 0.0 * dwords[0]           # gap 2: (N, M), through the photo's own step of the LSTM
        dv = self.image.backward(dx_photo, cache.image)                # (N, D), through W_v

        L = cache.mean.L
        dfeatures = np.zeros((N, L, dv.shape[1]))       # gap 3: v is the mean of L places
        return self.scale.backward(dfeatures, cache.scale), None       # features were divided by one fixed number
