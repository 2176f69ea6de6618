"""Caption a split of a data set and score the captions: intervals, yardsticks, sureness, diversity, looks, …."""

from pathlib import Path
from typing import Any, NamedTuple

from minisat.errors import note
from minisat.files import write_json, write_text
from minisat.plots.calibration import reliability_figure
from minisat.trained.best_and_worst import write_gallery
from minisat.trained.boxes import box_metrics, read_boxes
from minisat.trained.error_analysis import write_analysis
from minisat.trained.further_metrics import diversity_metrics, retrieval_metrics
from minisat.trained.inputs import photos_and_inputs
from minisat.trained.looks import check_occlusion, look_metrics, occlusion_metrics
from minisat.trained.neighbours import NoNeighbours
from minisat.trained.scoring import nearest_captions, score_with_yardsticks, training_captions
from minisat.trained.silence import silent
from minisat.trained.sureness import sureness_metrics

DECODED_TOGETHER = 32  # photos


class Evaluation(NamedTuple):
    """Captions of a split beside what people said of the same photos."""

    captioner: Any    # the TrainedCaptioner
    photos: list      # those that could be captioned
    captions: dict    # {photo name: Caption}
    texts: dict       # {photo name: str}
    references: dict  # {photo name: [str, …]}
    scores: dict      # ready for JSON; see `score_with_yardsticks`
    neighbours: dict  # {photo name: Neighbours}, by consensus; else none each
    training: dict    # {name: path} of the training photos

    def write(self, folder, gallery=None):
        """Write captions-SPLIT.json, references-SPLIT.json, scores-SPLIT.json, analysis-SPLIT.html and
        reliability-SPLIT.svg into `folder`.

        With a number for `gallery` also gallery-SPLIT.html, of so many of the best and of the worst. Returns {kind:
        path}. The figures of the analysis join `scores`.
        """
        split = self.scores["split"]
        files = {kind: Path(folder) / f"{kind}-{split}.json" for kind in ("captions", "references", "scores")}
        files["analysis"] = Path(folder) / f"analysis-{split}.html"
        self.scores["analysis"] = write_analysis(self.captioner, self.photos, self.captions, self.scores,
                                                 files["analysis"])
        for kind, value in (("captions", self.texts), ("references", self.references), ("scores", self.scores)):
            write_json(files[kind], value)
        files["reliability"] = Path(folder) / f"reliability-{split}.svg"
        write_text(files["reliability"], reliability_figure(self.scores["sureness"]))
        if gallery is not None:
            files["gallery"] = Path(folder) / f"gallery-{split}.html"
            write_gallery(self.captioner, self.photos, self.captions, self.scores, files["gallery"], gallery,
                          self.neighbours, self.training)
        return files


def evaluate(captioner, dataset, split, decoding, store=None, *, tokenizer=None, yardsticks=True, retrieval=None,
             occlusion=None, boxes=None, progress=silent):
    """The Evaluation of a TrainedCaptioner on a split of a Dataset, decoded as the Decoding says.

    `store`: where features come from (unless given: the run's own, else they are extracted). `tokenizer`: how captions
    are cut for scoring (unless given: as the run's were). `yardsticks`: also what people and trivial captions reach.
    `retrieval`: also find photos by caption and captions by photo among so many. `occlusion`: also ask of so many
    photos whether words hang on the places looked at. `boxes`: where Flickr30k Entities' annotations are, to hold looks
    against. `progress(what, unit, total)` is a context whose `update_to(done)` hears how far it is. For a consensus the
    run is given the neighbours that it lacks. What is left out is noted. UserError when split, photos or features are
    missing.
    """
    if occlusion is not None:
        check_occlusion(captioner)
    photos, gather = photos_and_inputs(captioner, dataset.split(split), store)
    boxes = None if boxes is None else read_boxes(captioner, photos, boxes)
    if decoding.consensus:
        _have_neighbours(captioner, dataset, split, store, progress)
    captions, neighbours, said = {}, {}, []
    with progress("captions", "photo", len(photos)) as display:
        for start in range(0, len(photos), DECODED_TOGETHER):
            chunk = photos[start:start + DECODED_TOGETHER]
            for photo, found in zip(chunk, captioner.decode(gather(chunk), decoding)):
                captions[photo.name] = found.captions[0]
                neighbours[photo.name] = found.neighbours
                said.append([captioner.words(caption) for caption in found.captions])
            display.update_to(start + len(chunk))

    texts = {name: " ".join(captioner.words(caption)) for name, caption in captions.items()}
    references = {photo.name: list(photo.captions) for photo in photos}
    nearest = nearest_captions(captioner, dataset, photos, store) if yardsticks else None
    scores = {"run": str(captioner.folder), "weights": captioner.which, "split": split, "beam": decoding.beam,
              "decoding": decoding.described(), "ensemble": list(captioner.others),
              **score_with_yardsticks(texts, references, tokenizer or captioner.recipe.tokenizer,
                                      training_captions(dataset), nearest, yardsticks),
              "diversity": diversity_metrics(captioner, dataset, photos, said)}
    scores["sureness"] = sureness_metrics(captioner, photos, gather, captions, progress)
    if looks := look_metrics(captioner, captions):
        scores["looks"] = looks
    if occlusion is not None:
        scores["occlusion"] = occlusion_metrics(captioner, photos, gather, captions, occlusion, progress)
    if boxes is not None and (held := box_metrics(captioner, photos, gather, boxes, progress)):
        scores["boxes"] = held
    if retrieval is not None:
        scores["retrieval"] = retrieval_metrics(captioner, photos, gather, retrieval, progress)
    return Evaluation(captioner, photos, captions, texts, references, scores, neighbours,
                      {photo.name: photo.path for photo in dataset.photos if photo.split == "train"})


def _have_neighbours(captioner, dataset, split, store, progress):
    """See to it that the run keeps neighbours that fit: where it lacks them they are made, and that is said."""
    if split == "train":
        note("Training photos are their own nearest neighbours: by consensus their scores flatter.")
    try:
        captioner.neighbours  # noqa: B018
    except NoNeighbours as missing:
        note(f"{missing.why}: it is made now, of {dataset.root}.")
        captioner.remember(dataset, store, progress)
