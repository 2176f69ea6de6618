"""What a run keeps of its training photos, and how they decide: mean features and captions, neighbours.safetensors.

Some 15 MB for Flickr8k's 6,000 photos and 1,280 features: float16 means, and the captions as people wrote them.
"""

import hashlib
import json
import shlex
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np

from minisat.backend import to_numpy
from minisat.errors import UserError
from minisat.evaluation.consensus import Consensus
from minisat.rules import misfits
from minisat.trained.inputs import photos_and_inputs
from minisat.trained.silence import silent
from minisat.training import ExportedRun, caption_words, load_checkpoint, save_checkpoint

FILE = "neighbours.safetensors"
SEEN_TOGETHER = 32  # photos
_METADATA = {"names": [str], "captions": [[str]], "sight": str, "digest": str}


class NoNeighbours(UserError):
    """A run keeps no training photos, or none that its captioner can use; `why`, and the command that makes them."""

    def __init__(self, why, captioner):
        super().__init__(f"{why}: `minisat evaluate {shlex.quote(str(captioner.folder))} DATA --beam 10 --consensus` "
                         "makes it.")
        self.why = why


class Neighbour(NamedTuple):
    """A training photo that had a say in a caption."""

    name: str
    similarity: float      # the cosine of the mean features, −1..1
    captions: tuple        # what people said of it
    likeness: np.ndarray   # (n, captions): CIDEr-D, 0..10, of each of the photo's n captions with each of these


class Decoded(NamedTuple):
    """What was said of one photo, and who decided."""

    captions: list         # decoding.Captions, best first
    neighbours: tuple = ()  # Neighbours, nearest first; none without consensus


def likeness(neighbours, which=0):
    """The mean CIDEr-D, 0..10, of caption number `which` with all that people said of the Neighbours: what decided."""
    return float(np.concatenate([near.likeness[which] for near in neighbours]).mean())


def told(neighbours, which=0):
    """The Neighbours as dicts, ready for JSON, those first that had the largest share in caption number `which`.

    `share`: the part of its likeness that is owed to that photo, 0..1 (all 0 where it is like nothing that was said);
    of each photo those captions first that are likest.
    """
    total = sum(near.likeness[which].sum() for near in neighbours) or 1.0
    found = []
    for near in neighbours:
        said = sorted(zip(near.captions, near.likeness[which]), key=lambda pair: -pair[1])
        found.append({"photo": near.name, "similarity": round(near.similarity, 6),
                      "share": round(float(near.likeness[which].sum() / total), 6),
                      "captions": [{"caption": text, "likeness": round(float(value), 6)} for text, value in said]})
    return sorted(found, key=lambda near: -near["share"])


class Neighbours:
    """The training photos of a run: `names`, `captions` (a list of texts each), `features` (K, D) float16.

    `sight` says through what the features were seen, as `seen_through` does; `recipe`: how captions are cut into words.
    """

    def __init__(self, names, captions, features, sight, recipe):
        self.names, self.captions, self.features, self.sight = names, captions, features, sight
        self.recipe = recipe

    @classmethod
    def of(cls, captioner, dataset, store=None, progress=silent):
        """Those of a Dataset as a TrainedCaptioner sees them, from the store that `store` names or its own.

        `progress` as in `evaluate`. UserError when photos or features are missing.
        """
        photos, gather = photos_and_inputs(captioner, dataset.split("train"), store)
        means = []
        with progress("keeping training photos", "photo", len(photos)) as display:
            for start in range(0, len(photos), SEEN_TOGETHER):
                means.append(mean_features(captioner, gather(photos[start:start + SEEN_TOGETHER])).astype(np.float16))
                display.update_to(start + len(means[-1]))
        means = np.concatenate(means)
        for photo, mean in zip(photos, means):
            if not np.isfinite(mean).all():
                raise UserError(f"The features of {photo.name} are not numbers that float16 can hold: are these the "
                                "right weights?")
        return cls([photo.name for photo in photos], [list(photo.captions) for photo in photos], means,
                   seen_through(captioner), captioner.recipe)

    def save(self, folder):
        """Write them into the run's folder, whole or not at all. UserError when that cannot be."""
        save_checkpoint(Path(folder) / FILE, {"features": self.features}, self.metadata)

    @property
    def metadata(self):
        """All but the features, ready for JSON."""
        return {"names": self.names, "captions": self.captions, "sight": self.sight, "digest": self._digest()}

    @classmethod
    def load(cls, captioner):
        """Those in the folder of a TrainedCaptioner. NoNeighbours for a file that is missing, damaged, or made with
        another sight than the captioner's."""
        if Path(captioner.folder).is_file():
            path, kept = captioner.folder, ExportedRun.open(captioner.folder).neighbours
            if kept is None:
                raise UserError(f"{path} was exported without the training photos that consensus compares with.")
            tensors, metadata = kept
        else:
            path = Path(captioner.folder) / FILE
            if not path.is_file():
                raise NoNeighbours(f"{captioner.folder} keeps no training photos to compare with ({FILE})", captioner)
            try:
                tensors, metadata = load_checkpoint(path)
            except (UserError, RecursionError) as error:
                raise NoNeighbours(f"{path} is damaged", captioner) from error
        if any(misfits(metadata, _METADATA)) or set(tensors) != {"features"}:
            raise NoNeighbours(f"{path} is damaged", captioner)
        found = cls(metadata["names"], metadata["captions"], tensors["features"], metadata["sight"], captioner.recipe)
        if found._digest() != metadata["digest"] or not found._sound():
            raise NoNeighbours(f"{path} is damaged: it does not hold what was written", captioner)
        if found.sight != seen_through(captioner):
            raise NoNeighbours(f"{path} was made with an encoder whose weights are not those of {captioner.folder} "
                              f"({captioner.which})", captioner)
        return found

    def _sound(self):
        """Whether it is what `of` makes: as many names, captions and finite means, at least one."""
        shape = self.features.shape
        return (self.features.dtype == np.float16 and len(shape) == 2 and min(shape) > 0
                and len(self.names) == len(self.captions) == shape[0] and all(self.captions)
                and bool(np.isfinite(self.features).all()))

    def _digest(self):
        """SHA-256 of all that is kept."""
        facts = json.dumps([self.names, self.captions, self.sight, list(self.features.shape)])
        return hashlib.sha256(facts.encode() + self.features.tobytes()).hexdigest()

    @cached_property
    def consensus(self):
        """The Consensus of their captions, cut into words as the run cuts them; made when it is first asked for."""
        return Consensus(self.features, [[caption_words(text, self.recipe) for text in texts]
                                         for texts in self.captions])

    def decide(self, features, found, words, decoding):
        """The Decoded of N photos of mean features (N, D), for each of which `found` has Captions.

        `words(caption)` is a list of str. A caption without an end comes after all that have one.
        """
        rows, cosines = self.consensus.nearest(features, decoding.neighbours)
        decided = []
        for captions, near, similar in zip(found, rows, cosines):
            choice = self.consensus.choose([words(caption) for caption in captions],
                                           [caption.mean_logprob for caption in captions], near,
                                           decoding.likelihood_weight)
            order = sorted(choice.order, key=lambda i: not captions[i].finished)[:decoding.n_best]
            decided.append(Decoded([captions[i] for i in order], tuple(
                Neighbour(self.names[row], float(cosine), tuple(self.captions[row]), likeness[order])
                for row, cosine, likeness in zip(near, similar, choice.likeness))))
        return decided


def mean_features(captioner, inputs):
    """inputs (N, …) of a TrainedCaptioner → (N, D) NumPy: what it sees of each photo, averaged over places."""
    return to_numpy(captioner.learner.sight(inputs).mean(axis=1))


def seen_through(captioner):
    """A hash of the sight through which a TrainedCaptioner sees: encoder, grid, weights, preprocessing."""
    facts = captioner.sight.view.to_dict()
    known = json.dumps([facts[key] for key in ("encoder", "grid", "weights_hash", "preprocessing")], sort_keys=True)
    hashed = hashlib.sha256(known.encode())
    for name, array in sorted(captioner.sight.state_dict().items()):  # of an encoder that was trained, too
        hashed.update(name.encode() + np.ascontiguousarray(to_numpy(array)).tobytes())
    return hashed.hexdigest()
