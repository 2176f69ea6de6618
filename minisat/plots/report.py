"""The page of several runs side by side: curves, scores, what differs, their captions of the same photos."""

import base64
from typing import NamedTuple

from matplotlib.figure import Figure

from minisat.plots.curves import draw_lines, lines_of
from minisat.plots.gallery import jpeg
from minisat.plots.markup import joined, markup
from minisat.plots.page import write_page
from minisat.plots.svg import BLUE, GREEN, MUTED, OCHRE, ORANGE, PURPLE, RED, SKY, svg
from minisat.plots.tables import section, table

COLOURS = (BLUE, ORANGE, GREEN, PURPLE, RED, MUTED, SKY, OCHRE)
THUMBNAIL = 120  # pixels
SCORES = {"bleu_1": "BLEU-1", "bleu_2": "BLEU-2", "bleu_3": "BLEU-3", "bleu_4": "BLEU-4", "rouge_l": "ROUGE-L",
          "cider_d": "CIDEr-D", "meteor": "METEOR", "meteor_exact_stem": "METEOR (exact, stem)"}


class ReportedRun(NamedTuple):
    """What the page says of one run."""

    name: str
    facts: dict      # {what: text or number}, the same keys for every run
    settings: dict   # {field of the recipe or the inputs: value}
    epochs: list     # the lines of metrics.jsonl that end an epoch
    scores: dict     # {split: what `evaluate` wrote into scores-SPLIT.json}


class ReportedPhoto(NamedTuple):
    """A photo that all runs captioned."""

    name: str
    photo: object      # PIL image, or None
    captions: list     # one a run
    references: list


def report(runs, photos, path, title, about, said="", unlike=()):
    """Write the page of ReportedRuns, and of ReportedPhotos that all of them captioned, to `path`.

    `said` of the photos: which they are, and what is left out. `unlike`: the splits on which the runs were scored
    against different references.
    """
    parts = [section("The runs", "Dev figures are those of the training's own epochs; the best epoch is kept.",
                     table(("run", *runs[0].facts), [(run.name, *run.facts.values()) for run in runs])),
             section("How they learnt", "Dev loss in nats per word, and BLEU-4 × 100 of the captions of dev photos.",
                     curves_of(runs)),
             section("What differs", *_differences(runs)) if len(runs) > 1 else
             section("Its settings", "The recipe and the inputs.", table(
                 ("", runs[0].name), [(name, _setting(str(value))) for name, value in runs[0].settings.items()]))]
    for split in sorted({split for run in runs for split in run.scores}):
        parts.append(_scores(split, [run for run in runs if split in run.scores], split in unlike))
    if photos or said:
        rows = [(_picture(photo), _captions(runs, photo), _references(photo)) for photo in photos]
        parts.append(section("The same photos" if len(runs) > 1 else "Some photos", said,
                             table(("photo", "captions", "people"), rows) if rows else ""))
    write_page(path, "report", title, about=about, sections=joined("\n", parts))


def curves_of(runs):
    """The curves of all runs as one picture (Html)."""
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    for axis, key, heading, scale in zip(figure.subplots(1, 2), ("dev_loss", "bleu_4"), ("dev loss, nats per word",
                                                                                        "dev BLEU-4 × 100"), (1, 100)):
        draw_lines(axis, [one for run, colour in zip(runs, COLOURS * len(runs))
                           for one in lines_of(run.epochs, [(key, run.name, colour)], scale)], heading)
    data = base64.b64encode(svg(figure).encode()).decode()
    return markup('<img class="curves" alt="dev loss and dev BLEU-4 over epochs" src="data:image/svg+xml;base64,{}">',
                  data)


def _differences(runs):
    """(sentence, table) of the settings that are not the same in all runs."""
    names = dict.fromkeys(name for run in runs for name in run.settings)
    rows = [(name, *values) for name in names
            if len(set(values := [str(run.settings.get(name, "–")) for run in runs])) > 1]
    if not rows:
        return "Nothing: their recipes and inputs are the same.", ""
    return "Fields of the recipe and of the inputs that are not the same.", table(
        ("", *(run.name for run in runs)), [(name, *map(_setting, values)) for name, *values in rows])


def _setting(text):
    """A setting, numbers on the left like the rest; a hash or a long fraction is cut short."""
    if len(text) < 18 or not text.replace(".", "").isalnum():
        return markup("<span>{}</span>", text)
    return markup('<span title="{}">{}…</span>', text, text[:12])


def _scores(split, runs, unlike):
    """A row a run, × 100, with the 95 % interval below; the yardsticks of the first run that has them."""
    keys = [key for key in SCORES if any(key in run.scores[split]["corpus"] for run in runs)]
    rows = [(run.name, run.scores[split].get("decoding", ""),
             *(_figure(run.scores[split], key) for key in keys)) for run in runs]
    beside = next((run.scores[split]["yardsticks"] for run in runs if run.scores[split].get("yardsticks")), {})
    rows += [(name, "yardstick", *(f"{100 * found[key]:.1f}" if key in found else "–" for key in keys))
             for name, found in beside.items()]
    photos = runs[0].scores[split]["images"]
    text = f"{photos} photos, × 100, small: the 95 % interval over photos."
    if unlike:
        text = ("The runs were scored on different photos or references, so these scores cannot be compared. × 100, "
                "small: the 95 % interval over photos.")
    elif len(runs) > 1:
        text += " Whether two runs really differ, minisat compare says."
    return section(f"Scores on {split}", text, table(("run", "decoding", *map(SCORES.get, keys)), rows))


def _figure(scores, key):
    if key not in scores["corpus"]:
        return "–"
    low, high = scores.get("intervals", {}).get(key, (None, None))
    span = "" if low is None else markup("<br><small>{}</small>", f"{100 * low:.1f}–{100 * high:.1f}")
    return markup("{}{}", f"{100 * scores['corpus'][key]:.1f}", span)


def _picture(photo):
    image = "" if photo.photo is None else markup('<img alt="" src="{}">', jpeg(photo.photo, THUMBNAIL))
    return markup("{}<small>{}</small>", image, photo.name)


def _captions(runs, photo):
    return joined("<br>", (markup("<small>{}</small> {}", run.name, caption)
                           for run, caption in zip(runs, photo.captions)))


def _references(photo):
    return joined("<br>", (markup("<small>{}</small>", text) for text in photo.references))
