"""A captioner that a learner wrote, put to work: kept on disk, searched by minisat's own beam, shown in a gallery."""

from pathlib import Path

import numpy as np
from PIL import Image

from minisat.evaluation import corpus_bleu
from minisat.files import whole_file
from minisat.plots.gallery import GalleryItem, gallery
from minisat.text import END, SPECIALS, START

KEPT = "trained.npz"
TITLE = "{} backward passes wrote these captions"
_SHIFT = len(SPECIALS) - 2  # minisat has two marks more than the capstone's <end> and <unknown>


def keep(folder, p, words):
    """Write the arrays `p` {name: array} and the list `words` into the folder."""
    with whole_file(Path(folder) / KEPT) as temporary, open(temporary, "wb") as file:
        np.savez(file, words=np.array(words), **{f"p.{name}": array for name, array in p.items()})


def kept(folder):
    """(p, words) as `keep` wrote them; None where there are none."""
    path = Path(folder) / KEPT
    if not path.exists():
        return None
    with np.load(path, allow_pickle=False) as arrays:
        return {name[2:]: arrays[name] for name in arrays if name != "words"}, arrays["words"].tolist()


class Prefixes:
    """A learner's `forward(features, ids, p)` speaks the captioners' protocol: each step reads its beginning again.

    The capstone's ids, 0 for <end>, 1 for <unknown>, then words, become minisat's, which begin with four marks.
    """

    def __init__(self, work, p, V):
        self.work, self.p, self.V = work, p, V

    def start(self, features):
        """features (N, L, D) → the state: the features, and the ids that were read (N, 0)."""
        return features, np.zeros((len(features), 0), int)

    def step(self, state, ids):
        """The words `ids` (N,) were said → (log_probs (N, V + 2), state, None, None)."""
        features, read = state
        read = np.concatenate([read, np.where(np.isin(ids, (START, END)), 0, ids - _SHIFT)[:, None]], axis=1)
        logits = self.work.forward(features, read, self.p)[0][:, -1]
        logits = logits - logits.max(axis=1, keepdims=True)
        log_p = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
        found = np.full((len(ids), self.V + _SHIFT), -np.inf)
        found[:, END], found[:, len(SPECIALS):] = log_p[:, 0], log_p[:, 2:]
        return found, (features, read), None, None

    def select(self, state, index):
        """The state of captions `index` (K,), in that order."""
        return tuple(part[index] for part in state)


def show_off(folder, work, photos, p, words, captions, bleu_4, solution):
    """Write gallery.html: the Photos, a caption of each with its looks, and whose work it is; returns its path.

    `solution` is a file: which of the learner's lines stand there too, word for word, the page says.
    """
    ids = work.encode(captions, words)
    _, alphas, _ = work.forward(photos.features, ids[:, :-1], p)
    items = [GalleryItem(f"scene {i}", Image.fromarray(scene.image), caption, [" ".join(one) for one in told],
                         {"BLEU-4": 100 * corpus_bleu([caption], [told]).bleu_4}, alphas[i, :len(caption)])
             for i, (scene, caption, told) in enumerate(zip(photos.scenes, captions, photos.references))]
    lines, known = _lines(work.__file__), set(_lines(solution))
    copied = sum(line in known for line in lines)
    numbers = sum(np.size(array) for array in p.values())
    path = Path(folder) / "gallery.html"
    gallery(items, path, TITLE.format("Your" if 2 * copied < len(lines) else "The solution's"),
            about=f"{Path(work.__file__).name} has {len(lines)} lines: forward passes, backward passes, Adam, a beam; "
                  f"{copied} of them stand in the solution too, word for word. It taught {numbers:,} numbers to "
                  "describe scenes like these, none of which it has seen before; BLEU-4 "
                  f"{100 * bleu_4:.1f} on these {len(items)}. What a scene's places hold was written down by an eye "
                  "that was given, not learnt. Hold the pointer on a word to see where it looked.")
    return path


def _lines(path):
    """The lines of a file that say something."""
    lines = [line.strip() for line in Path(path).read_text(encoding="utf-8").splitlines()]
    return [line for line in lines if line and not line.startswith("#")]
