"""The page of an error analysis: what is said again and again, what is confused, where words look, best and worst."""

from typing import NamedTuple

from minisat.plots.gallery import gallery, jpeg
from minisat.plots.markup import joined, markup
from minisat.plots.tables import section, table

THUMBNAIL = 72  # pixels


class Mistake(NamedTuple):
    """One confusion: what captions said, what people say, how often, and a few examples as (PIL image, caption)."""

    name: str
    said: str
    meant: str
    count: int
    examples: list


def analysis_page(items, path, title, about, *, diversity, unsupported, mistakes, attention, locations=None):
    """Write the page to `path`: the report's tables, then the cards of `items` (GalleryItems).

    diversity: {"n", "unique_captions", "collapsed"} and "repeated", a list of (times, caption). unsupported: {class:
    (said, in no reference)}. mistakes: Mistakes in the order to be shown. attention: {class: figures} as
    `attention_by_class` gives them, {} without attention; `locations`: {"count": L, "entropy": log L}.
    """
    sections = [_repetition(diversity), _unsupported(unsupported)]
    if attention:
        sections.append(_attention(attention, locations))
    sections.append(_mistakes(mistakes))
    gallery(items, path, title, about, report=markup('<div class="report">{}</div>', joined("", sections)))


def _repetition(figures):
    rows = [(times, caption) for times, caption in figures["repeated"]]
    share = 100 * figures["unique_captions"] / figures["n"]
    text = f"{figures['unique_captions']} different captions of {figures['n']} photos ({share:.0f} %)."
    if figures["collapsed"]:
        text += " The captioner has collapsed: more than a tenth of the photos share one caption."
    repeated = table(("photos", "caption"), rows) if rows else ""
    return section("The same caption again", text, repeated)


def _unsupported(counts):
    rows = [(name, said, wrong, f"{100 * wrong / said:.0f} %") for name, (said, wrong) in counts.items() if said]
    return section("Words that no reference has", "What the captions name, by class, and how much of it none of the "
                   "photo's references does.", table(("class", "named", "in no reference", "share"), rows))


def _mistakes(mistakes):
    rows = [(one.name, one.said, one.meant, one.count, _examples(one.examples)) for one in mistakes]
    return section("Said in place of", "Captions say the first, which no reference does, where at least half of the "
                   "references agree on the second. A mistake, or another thing in the photo that people left out.",
                   table(("class", "said", "people say", "photos", "such as"), rows) if rows else "")


def _attention(figures, locations):
    rows = [(name, of["words"], *("" if of[what] is None else f"{of[what]:.{digits}f}"
                                  for what, digits in (("entropy", 2), ("peak", 3), ("beta", 2))))
            for name, of in figures.items()]
    return section("Where words look", f"Means over all words said. The entropy of the attention is in nats, "
                   f"{locations['entropy']:.2f} when all {locations['count']} locations count alike (peak "
                   f"{1 / locations['count']:.3f}); beta is the gate on what was seen, "
                   "or what a sentinel left to the photo.",
                   table(("class", "words", "entropy", "peak", "beta"), rows))


def _examples(examples):
    """Photos with captions, for a cell of a table."""
    return joined("", (markup('<img alt="" title="{}" src="{}">', caption, jpeg(photo, THUMBNAIL))
                       for photo, caption in examples if photo is not None))
