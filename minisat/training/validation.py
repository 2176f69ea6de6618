"""How a captioner does on the dev photos: its loss on their captions, and its own captions against them."""

from typing import NamedTuple

import numpy as np

from minisat.backend import to_device, to_numpy
from minisat.captioner.decoding import beam
from minisat.data import LengthBuckets
from minisat.evaluation import Cider, corpus_bleu
from minisat.training.prefetch import prefetched

DECODED_TOGETHER = 32  # photos


class DevSet(NamedTuple):
    """The dev photos, their rows in the inputs, their captions as words and as batches of ids."""

    names: list            # one a photo
    rows: np.ndarray       # (photos,) int64
    references: list       # one a photo: a list of token lists
    batches: list          # CaptionBatches of all captions

    @classmethod
    def build(cls, names, rows, references, vocabulary, batch_size):
        """From the photos' names, input rows and tokenised captions."""
        owners = [row for row, captions in zip(rows, references) for _ in captions]
        encoded = [vocabulary.encode(tokens) for captions in references for tokens in captions]
        batches = LengthBuckets(owners, encoded, batch_size).epoch(np.random.default_rng(0))
        return cls(list(names), np.asarray(rows, np.int64), list(references), batches)

    def metrics(self, objective, gather, device="cpu", check=lambda: None):
        """{"dev_loss": mean cross-entropy per word, in nats; "dev_attention_entropy" where the captioner attends}.

        `check` is called between batches (it may raise to stop).
        """
        totals, words = {}, 0
        for batch, inputs in prefetched(self.batches, lambda batch: gather(batch.photos)):
            check()
            _, cache = objective.forward(to_device(inputs, device), batch.ids, batch.lengths)
            found = {"dev_loss": cache.terms["cross_entropy"]}
            if "attention_entropy" in cache.metrics:
                found["dev_attention_entropy"] = cache.metrics["attention_entropy"]
            for name, value in found.items():
                totals[name] = totals.get(name, 0.0) + float(to_numpy(value)) * int(batch.lengths.sum())
            words += int(batch.lengths.sum())
        return {name: total / words for name, total in totals.items()}

    def captions(self, model, vocabulary, gather, *, width, max_words, device="cpu", check=lambda: None):
        """Beam-decoded captions, a list of words for each photo."""
        captions = []
        chunks = [self.rows[start:start + DECODED_TOGETHER] for start in range(0, len(self.rows), DECODED_TOGETHER)]
        for _, inputs in prefetched(chunks, gather):
            check()
            hypotheses = beam(model, to_device(inputs, device), width=width, max_words=max_words)
            captions += [vocabulary.decode(best.ids) for best, *_ in hypotheses]
        return captions

    def bleu(self, captions):
        """{"bleu_1": …, …, "bleu_4": …} of captions, lists of words, against the references; 0..1."""
        scores = corpus_bleu(captions, self.references).smoothed
        return {f"bleu_{n}": float(score) for n, score in enumerate(scores, start=1)}

    def cider_d(self, captions):
        """CIDEr-D of captions, lists of words, against the references; 0..10."""
        scorer = Cider(self.references)
        return float(np.mean([scorer.score(words, photo)[1] for photo, words in enumerate(captions)]))

    def sample_text(self, captions, count=8):
        """The captions of `count` photos spread over the split, each above its references."""
        lines = []
        for i in np.linspace(0, len(self.names) - 1, min(count, len(self.names))).astype(int):
            lines += [self.names[i], f"    {' '.join(captions[i])}"]
            lines += [f"      reference: {' '.join(tokens)}" for tokens in self.references[i]]
        return "\n".join(lines) + "\n"
