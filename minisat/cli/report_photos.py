"""What runs said of the same photos: only where their references agree, and with a sentence for what is left out."""

import numpy as np

from minisat.cli.shell import command
from minisat.data import read_dataset
from minisat.errors import UserError
from minisat.files import read_json
from minisat.plots.report import ReportedPhoto
from minisat.vision import read_photo

PREFERRED = ("dev", "test", "train")


def evaluated_splits(run):
    """The splits that `minisat evaluate` has captioned with a Run, all three files there; dev first."""
    found = [path.stem.removeprefix("captions-") for path in sorted(run.folder.glob("captions-*.json"))]
    found = [split for split in found if all((run.folder / f"{kind}-{split}.json").is_file()
                                             for kind in ("references", "scores"))]
    return sorted(found, key=lambda split: PREFERRED.index(split) if split in PREFERRED else len(PREFERRED))


def references_of(run, split):
    """{photo name: references} that a Run's captions of `split` were held against; {} where they are not there."""
    file = run.folder / f"references-{split}.json"
    return read_json(file, {str: [str]}) if file.is_file() else {}


def same_photos(opened, runs, split, count):
    """(ReportedPhotos, sentence): what the Runs `opened` said of the same photos of `split`, and what is left out.

    Those on which their own CIDEr-D (or BLEU-4) differ most; of one run, photos from all over the split. Without
    `split` it is the first that all runs have been evaluated on. A photo belongs to both runs when its references are
    equal: a name alone may be another photo's in another data set.
    """
    common = [name for name in evaluated_splits(opened[0]) if all(name in evaluated_splits(run) for run in opened)]
    if split and split not in common or not common:
        missing = [run.folder for run in opened if (split or PREFERRED[0]) not in evaluated_splits(run)]
        what = f"{missing[0]} has no captions of {split}" if split else "the runs have captions of no split in common"
        return [], f"Left out: {what}. Make them: {command('evaluate', missing[0], 'DATA', '--split', split or 'dev')}"
    split = split or common[0]
    captions = [read_json(run.folder / f"captions-{split}.json", {str: str}) for run in opened]
    references = [references_of(run, split) for run in opened]
    shared = [name for name in captions[0] if all(name in own for own in captions)]
    scored = [run.scores[split]["per_image"] for run in runs]
    names = [name for name in shared if all(own.get(name) == references[0].get(name) for own in references)
             and all(name in own for own in scored)]
    strangers = len(set().union(*captions)) - len(names)
    said = f"Of {split}." if len(opened) == 1 else f"Of {split}: those on which the runs differ most."
    if strangers:
        said += (f" {strangers} of {strangers + len(names)} photos are left out: the runs do not both have them with "
                 "the same references.")
    if not names or not count:
        return [], said if strangers else ""
    measure = "cider_d" if all("cider_d" in own[name] for own in scored for name in names) else "bleu_4"
    if any(measure not in own[name] for own in scored for name in names):
        return [], f"Left out: the scores of {split} are not whole; minisat evaluate makes them anew."
    values = np.array([[own[name][measure] for name in names] for own in scored])
    chosen = np.argsort(-np.ptp(values, axis=0), kind="stable")[:count]
    if len(opened) == 1:
        chosen = np.unique(np.linspace(0, len(names) - 1, min(count, len(names))).astype(int))
    paths = photo_paths(opened[0].config.data)
    return [ReportedPhoto(names[i], _photo(paths.get(names[i])), [own[names[i]] for own in captions],
                          references[0].get(names[i], [])) for i in chosen], said


def scored_alike(opened, split):
    """Whether all Runs that were evaluated on `split` were held against the same references."""
    found = [references_of(run, split) for run in opened if (run.folder / f"scores-{split}.json").is_file()]
    return all(one == found[0] for one in found)


def photo_paths(data):
    """{photo name: path} of the data set that a run remembers; {} where it is no longer there."""
    try:
        return {photo.name: photo.path for photo in read_dataset(data).photos} if isinstance(data, str) else {}
    except UserError:
        return {}


def _photo(path):
    try:
        return read_photo(path) if path else None
    except UserError:
        return None
