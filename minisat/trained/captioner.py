"""A trained run that captions: photo files, seen as the run's own preprocessing and encoder do, or a feature store."""

from dataclasses import replace
from pathlib import Path

from PIL import Image

from minisat.backend import resolve_device
from minisat.captioner.decoding import Ensemble
from minisat.captioner.decoding import alternatives as find_alternatives
from minisat.data import read_dataset
from minisat.errors import UserError, note
from minisat.trained.decoding import Decoding
from minisat.trained.evaluation import evaluate
from minisat.trained.neighbours import Decoded, Neighbours, NoNeighbours, mean_features
from minisat.trained.photo_caption import PhotoCaption
from minisat.trained.silence import silent
from minisat.training import load_run
from minisat.vision import FeatureStore, read_photo


class TrainedCaptioner:
    """The captioner of the run in `folder`, with its words and its way to see photos: what `minisat.load` gives.

    `folder` may be a file that `minisat run export` wrote.

        captioner = minisat.load("runs/first")
        print(captioner.caption("dog.jpg"))                      # see PhotoCaption for all that comes with it
        captioner.caption("dog.jpg", beam=10, n_best=3).n_best
        captioner.caption("dog.jpg", beam=10, consensus=True).neighbours    # of similar training photos, who decided
        scores = captioner.evaluate("Flickr8k", "dev").scores    # see Evaluation

    `which`: the run's "best" weights on dev or its "last". `device`: "auto", "cpu" or "cuda". `weights`: the encoder's
    file, where it is not at the place that the run remembers. `look` is how hard attention decodes: "expectation",
    "argmax" or "sampling". `others` are folders of runs that speak with it as an ensemble. UserError when a run is
    missing or damaged, the device is missing, `look` is given for a run without hard attention, or the runs have
    different words or see photos differently.

    `model` decodes, `learner` is the run's own model, which has a backward pass.
    """

    def __init__(self, folder, which="best", device="auto", weights=None, look=None, others=()):
        self.device = resolve_device(device)
        self.folder, self.which, self.weights, self.others = folder, which, weights, tuple(others)
        self.learner, self.vocabulary, self.config = load_run(folder, which, self.device)
        self.recipe, self.sight = self.config.recipe, self.learner.sight
        models = [self.learner, *(self._other(other) for other in self.others)]
        for model in models if look else ():
            if not getattr(model.captioner, "hard", False):
                raise UserError(f"{folder} has no hard attention: leave --look out.")
            model.captioner.attend.softmax.decoding = look
        fast = [model.fast() for model in models]
        self.model = Ensemble(fast) if self.others else fast[0]
        self._neighbours = None
        if weights:
            self._see_through(weights)

    def _see_through(self, weights):
        """Take the encoder's weights from another place than the run remembers."""
        view = self.sight.view
        if self.sight.brings_eye:
            raise UserError(f"{self.folder} brings its encoder along: leave --weights out.")
        if not view.complete:
            raise UserError(f"{self.folder} trained its encoder, too, and keeps its weights: leave --weights out.")
        if view.weights_hash is None:
            raise UserError(f"{self.folder} was trained on features of an untrained {view.encoder}: leave --weights "
                            "out.")
        self.sight.view = replace(view, weights=str(weights))

    def _other(self, folder):
        """The model of the run in `folder`; UserError when it cannot speak with this one."""
        other = load_run(folder, self.which, self.device)
        if other.vocabulary.words != self.vocabulary.words:
            raise UserError(f"{self.folder} and {folder} have different words: an ensemble needs one vocabulary.")
        if key := self.sight.view.difference(other.config.view):
            raise UserError(f"{self.folder} and {folder} differ in {key}: an ensemble must see photos in one way.")
        return other.model

    # -- from photos to captions

    def caption(self, photo, alternatives=0, **decoding):
        """The PhotoCaption of a photo: a path or a Pillow image. `decoding` holds fields of Decoding: beam, n_best, ….

        `alternatives`: so many words that it might have said in place of each, as PhotoCaption.instead has them.
        UserError when the photo cannot be read.
        """
        found, = self.caption_all([self.crop(photo) if isinstance(photo, Image.Image) else self.see(photo)],
                                  Decoding(**decoding), alternatives)
        return found

    def caption_all(self, photos, decoding, alternatives=0):
        """Photos as `see` gives them → their PhotoCaptions, decoded together as the Decoding says."""
        inputs = self.inputs_of(photos)
        found = self.decode(inputs, decoding)
        others = self._instead(inputs, found, alternatives) if alternatives else [()] * len(found)
        return [PhotoCaption(photo, tuple(said.captions), tuple(map(self.words, said.captions)),
                             None if said.captions[0].alphas is None else self.cells, said.neighbours, instead)
                for photo, said, instead in zip(photos, found, others)]

    def _instead(self, inputs, found, count):
        """For every photo, caption and word the `count` likeliest other words: tuples of lists of [(word, p)]."""
        inputs = inputs.astype(self.recipe.precision, copy=False)
        likely = find_alternatives(self.model, inputs, [said.captions for said in found], count)
        return [tuple([[(self.vocabulary.words[id], p) for id, p in word] for word in caption[:len(one.ids)]]
                      for caption, one in zip(own, said.captions)) for own, said in zip(likely, found)]

    def see(self, path):
        """The photo at `path` as the network sees it: a Pillow image. UserError when it cannot be read."""
        return self.crop(read_photo(path))

    def crop(self, photo):
        """A Pillow image as the network sees it."""
        return self.sight.view.preprocessing.crop(photo)

    @property
    def cells(self):
        """Where the places lie that it attends to: CellGrid."""
        return self.sight.view.cells

    def inputs_of(self, photos):
        """Photos as `see` gives them → the model's inputs (N, …) on its device."""
        return self.sight.of_photos(photos, self.device)

    def decode(self, inputs, decoding):
        """inputs (N, …) → N Decoded: decoding.Captions, as the Decoding says, and by consensus the Neighbours."""
        inputs = inputs.astype(self.recipe.precision, copy=False)
        found = decoding.captions(self.model, inputs, self.recipe.max_words)
        if not decoding.consensus:
            return [Decoded(captions) for captions in found]
        return self.neighbours.decide(mean_features(self, inputs), found, self.words, decoding)

    def words(self, caption):
        """The words of a decoding.Caption, a list of str."""
        return self.vocabulary.decode(caption.ids)

    # -- what people said of similar photos

    @property
    def neighbours(self):
        """The Neighbours that the run keeps. UserError, saying how to make them, where it has none that fit."""
        if self._neighbours is None:
            self._neighbours = Neighbours.load(self)
        return self._neighbours

    def remember(self, data, store=None, progress=silent):
        """Keep the mean features and the captions of a data set's training photos in the run, for consensus.

        `data`, `store`, `progress`: as `evaluate` takes them. Training does this at its end. UserError when photos or
        features are missing, or the folder cannot be written.
        """
        found = Neighbours.of(self, _dataset(data), store, progress)
        found.save(self.folder)
        self._neighbours = found

    # -- against what people said

    def evaluate(self, data, split="dev", decoding=None, store=None, **options):
        """The Evaluation on a split of a data set (a Dataset, or a path to one); see `minisat.trained.evaluate`."""
        return evaluate(self, _dataset(data), split, decoding or Decoding(), store, **options)

    def open_store(self, path=None):
        """The FeatureStore at `path`, or the run's own; None where the run has none.

        UserError when its features are not those that the run was trained on.
        """
        view = self.sight.view
        if not view.complete and path:
            raise UserError(f"{self.folder} captions photos with its own encoder: leave --features out.")
        if not view.complete or not (path or view.store):
            return None
        store = FeatureStore.open(path or view.store)
        view.check_store(store, f"The run {self.folder}")
        return store


def remember(folder, data, store=None, device="auto", progress=silent):
    """What follows a training that has come to its end: the run in `folder` keeps its neighbours, if it lacks them.

    As `TrainedCaptioner.remember`; what is in the way of it is noted, since nothing else needs them.
    """
    captioner = TrainedCaptioner(folder, device=device)
    try:
        captioner.neighbours  # noqa: B018
    except NoNeighbours:
        try:
            captioner.remember(data, store if captioner.sight.view.complete else None, progress)
        except UserError as error:
            note(f"The run keeps no neighbours, so that it cannot caption by consensus: {error}")


def _dataset(data):
    return read_dataset(data) if isinstance(data, (str, Path)) else data
