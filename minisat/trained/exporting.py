"""A run made one file to give away: written, opened again, and held against the run on photos of its dev split."""

import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from minisat.backend import to_numpy
from minisat.data import read_dataset
from minisat.data.fetching.catalogue import FLICKR8K_TERMS
from minisat.data.fetching.fetch import TERMS as TERMS_FILE
from minisat.data.listing import read_text_file
from minisat.errors import UserError, note
from minisat.evaluation import score_captions
from minisat.files import read_json
from minisat.rules import misfits
from minisat.trained.captioner import TrainedCaptioner
from minisat.trained.decoding import Decoding
from minisat.trained.inputs import photos_and_inputs
from minisat.trained.neighbours import NoNeighbours, seen_through
from minisat.trained.silence import silent
from minisat.training import ExportedRun, write_exported
from minisat.training.exported import halved
from minisat.vision.weights.catalogue import TERMS as WEIGHTS_TERMS

CAPTIONER = "model.captioner."                       # how the names of its weights begin
TOGETHER = 32                                        # photos
COMPARED = ("bleu_1", "bleu_2", "bleu_3", "bleu_4", "cider_d")
_FLICKR = re.compile(r"\d+_[0-9a-f]{10}\.jpg")       # how Flickr8k's photos are called


class Exported(NamedTuple):
    """What was written."""

    run: ExportedRun
    bytes: int
    agreement: dict | None   # with the run, as `agreement` says; None where no photos are at hand


def export(folder, out, which="best", weights=None, data=None, neighbours=True, terms=None, photos=300,
           progress=silent):
    """Write the run in `folder` to the one file `out`; returns the Exported.

    `weights`: the encoder's file, where it is not at the place that the run remembers; `data`: the data set, likewise;
    `neighbours`: take along what consensus needs, where the run has it; `terms`: a text, in place of what is known of
    the data's. With `photos` > 0 the file is opened again and captions so many photos of dev beside the run.
    UserError when run, weights or place are missing.
    """
    if Path(folder).is_file():
        raise UserError(f"{folder} is an exported run already.")
    captioner = TrainedCaptioner(folder, which, "cpu", weights)
    sight, config = captioner.sight, captioner.config
    tensors = {f"model.{name}": to_numpy(array) for name, array in captioner.learner.state_dict().items()}
    if sight.view.complete:
        tensors |= {f"eye.{name}": array for name, array in sight.whole_encoder().torchvision_state().items()}
    tensors = {name: halved(array) if name.startswith(CAPTIONER) else array for name, array in tensors.items()}
    dataset = _data_set(data or config.data)
    kept = _neighbours(captioner) if neighbours else None
    said = {"terms": [terms] if terms else terms_of(captioner, dataset, kept), "scores": scores_of(Path(folder))}
    words = captioner.vocabulary.words

    with TemporaryDirectory() as place:
        first = Path(place) / "run.safetensors"
        write_exported(first, config, words, tensors, **said)
        again = TrainedCaptioner(first, device="cpu")
        if kept:
            kept.sight = seen_through(again)   # of an encoder that was trained, rounded
            tensors["neighbours.features"] = kept.features
        dev = [] if dataset is None or "dev" not in dataset.splits else dataset.split("dev")[:photos]
        agreed = agreement(captioner, again, dev, progress) if dev else None
    if agreed:
        said["agreement"] = agreed
    write_exported(out, config, words, tensors, kept and kept.metadata, **said)
    return Exported(ExportedRun.open(out), Path(out).stat().st_size, agreed)


def agreement(captioner, other, photos, progress=silent):
    """How alike two TrainedCaptioners caption photos of a data set, ready for JSON.

    {"photos": how many, "same_captions": share of equal ones, "decoding": how, "scores", "of_the_run": {key: score}}:
    `captioner` takes its stored features where it has them, `other` begins with the photos.
    """
    decoding = Decoding()
    photos, gather = photos_and_inputs(captioner, photos)
    texts = [], []
    with progress("comparing", "photo", len(photos)) as display:
        for start in range(0, len(photos), TOGETHER):
            chunk = photos[start:start + TOGETHER]
            seen = other.inputs_of([other.see(photo.path) for photo in chunk])
            for speaker, inputs, said in ((captioner, gather(chunk), texts[0]), (other, seen, texts[1])):
                said += [" ".join(speaker.words(found.captions[0])) for found in speaker.decode(inputs, decoding)]
            display.update_to(start + len(chunk))
    references = {photo.name: list(photo.captions) for photo in photos}
    ours, theirs = (score_captions(dict(zip(references, said)), references, captioner.recipe.tokenizer)["corpus"]
                    for said in texts)
    return {"photos": len(photos), "same_captions": sum(map(str.__eq__, *texts)) / len(photos),
            "decoding": decoding.described(), "scores": {key: theirs[key] for key in COMPARED},
            "of_the_run": {key: ours[key] for key in COMPARED}}


def terms_of(captioner, dataset, neighbours=None):
    """What whoever gets the file must know, as texts: the terms of the data, of the encoder, of what is in it."""
    terms = [_terms_of_data(captioner, dataset)]
    if captioner.config.view.weights_hash is not None:
        terms.append(f"The encoder ({captioner.config.view.encoder}): {WEIGHTS_TERMS}.")
    if neighbours:
        terms.append(f"The file holds the captions of {len(neighbours.names):,} training photos, for consensus, but no "
                     "photo.")
    return terms


def _terms_of_data(captioner, dataset):
    name = Path(captioner.config.data or "an unknown data set").name
    if dataset is None:
        return f"Learnt from {name}, whose terms are not known here: ask whoever gives it out."
    file = dataset.root / TERMS_FILE
    if file.is_file():
        return f"Learnt from {name}. {read_text_file(file).strip()}"
    if _FLICKR.fullmatch(dataset.photos[0].name) and len(dataset.photos) <= 8_100:
        return f"Learnt from {FLICKR8K_TERMS}"
    return f"Learnt from {name}, which says no terms ({TERMS_FILE}): ask whoever gives it out."


def scores_of(folder):
    """{"dev": {key: score}, …} of what `evaluate` left in a run's folder, and the beam that it took; {} without."""
    found = {}
    for path in sorted(folder.glob("scores-*.json")):
        scores = read_json(path)
        if not any(misfits(scores, {"corpus": {str: float}, "decoding": str, "images": int})):
            found[path.stem.removeprefix("scores-")] = {"decoding": scores["decoding"], "photos": scores["images"],
                                                        **scores["corpus"]}
    return found


def _neighbours(captioner):
    """The run's Neighbours, None where it keeps none; that is noted."""
    try:
        return captioner.neighbours
    except NoNeighbours as missing:
        note(f"{missing.why}: the file will not caption by consensus.")
        return None


def _data_set(data):
    """The Dataset at `data`; None where there is none any more, and that is noted."""
    try:
        return read_dataset(data) if data else None
    except UserError as error:
        note(f"The file is not held against the run: {error} (--data says where it is.)")
        return None
