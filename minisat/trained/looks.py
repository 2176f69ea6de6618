"""What `minisat evaluate` says of a captioner's looks: what they are like, and whether words hang on them."""

from minisat.errors import UserError
from minisat.evaluation.looks import look_figures
from minisat.evaluation.occlusion import WAYS, falls_without_places, occlusion_figures
from minisat.trained.further_metrics import SEED, drawn
from minisat.trained.silence import silent

OCCLUDED_TOGETHER = 1000  # rows of a decoding step, about
OCCLUDED = {"own": "this word's look", "content": "  of content words", "function": "  of function words",
            "another_word": "another word's look, same photo", "another_photo": "another photo's look"}
FALLS = {"peak": "nats lost: the place looked at most", "mean": "nats lost: a place, on average"}


def look_metrics(captioner, captions):
    """The `look_figures` of {photo name: Caption}, ready for JSON; None for a captioner that does not look."""
    looks = {name: caption.alphas for name, caption in captions.items()}
    if any(alphas is None for alphas in looks.values()):
        return None
    return look_figures(list(looks), [alphas[:len(captions[name].ids)] for name, alphas in looks.items()],
                        captioner.cells)


def describe_looks(metrics):
    """The figures of `look_metrics` as a table."""
    rows = [("entropy, nats", metrics["entropy"], 1, f"most: {metrics['most']:.2f}"),
            ("at the caption's favourite place, %", metrics["one_place"], 100, ""),
            ("at a border place, %", metrics["border"], 100,
             f"{metrics['border_places']} of {metrics['places']} places: {100 * metrics['border_chance']:.0f} %")]
    if metrics["sentinel"]:
        rows.append(("share of the sentinel, %", metrics["sentinel"], 100, ""))
    return "\n".join([f"where the largest share of {metrics['words']:,} looks lies, and how spread out they are",
                      *(f"{name:<38}{spanned(of, scale)}  {more}".rstrip() for name, of, scale, more in rows)])


def check_occlusion(captioner):
    """UserError for a captioner whose looks occlusion cannot judge."""
    if captioner.recipe.model == "show-and-tell":
        raise UserError(f"{captioner.folder} sees the whole photo at once and looks nowhere: leave --occlusion out.")
    if captioner.others:
        raise UserError("An ensemble's look is a mean that no captioner has: leave --occlusion or --ensemble out.")
    if captioner.recipe.model == "hard-attention" and captioner.learner.captioner.attend.softmax.decoding == "sampling":
        raise UserError("With --look sampling chance decides what is seen: --occlusion needs argmax or expectation.")


def occlusion_metrics(captioner, photos, gather, captions, count, progress=silent):
    """Occlusion of every place for every word of the captions of `count` of `photos`, ready for JSON.

    captions: {photo name: Caption}, the captioner's own; the others as in `retrieval_metrics`.
    """
    photos, model, falls = drawn(photos, count), captioner.model, []
    together = max(1, OCCLUDED_TOGETHER // (2 * captioner.cells.L + 1))
    with progress("occlusion", "photo", len(photos)) as display:
        for start in range(0, len(photos), together):
            chunk = photos[start:start + together]
            features = model.sight(gather(chunk).astype(captioner.recipe.precision, copy=False))
            falls += falls_without_places(model.captioner, features, [captions[photo.name].ids for photo in chunk])
            display.update_to(len(falls))
    words = [captioner.words(captions[photo.name]) for photo in photos]
    return {**occlusion_figures([photo.name for photo in photos], words, falls), "seed": SEED}


def describe_occlusion(metrics):
    """The metrics of `occlusion_metrics` as a table."""
    lines = [f"occlusion: how far log p of each of {metrics['words']:,} words falls without a place, ranked against "
             f"where it looked (Spearman; {metrics['photos']} photos, drawn with seed {metrics['seed']})",
             f"{'the place is gone from':<38}{'the photo':>26}{'this look alone':>26}"]
    for key, name in OCCLUDED.items():
        lines.append(f"{name:<38}" + "".join(f"{spanned(metrics[way][key]):>26}" for way in WAYS))
    for key, name in FALLS.items():
        lines.append(f"{name:<38}" + "".join(f"{metrics[way]['fall'][key] or 0:>26.4f}" for way in WAYS))
    return "\n".join(lines)


def spanned(of, scale=1):
    """A mean with its interval, or a dash."""
    if of is None:
        return "–"
    mean, low, high = (f"{scale * of[key]:.{1 if scale == 100 else 3}f}" for key in ("mean", "low", "high"))
    return f"{mean} ({low} to {high})"
