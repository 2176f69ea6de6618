"""Consensus beside the first of the beam, on the same captions: a table of scores, and what differs beyond chance.

    python tests/benchmarks/bench_consensus.py RUN DATA --split dev [--ensemble RUN …] --out FOLDER

A beam of 5 and one of 10 are decoded once; of the ten captions consensus takes one, with several k (how many training
photos decide) and λ (how much log p counts). Scores × 100, coco-caption's words; the differences from the first of the
beam of 10 stand with their 95 % intervals (paired bootstrap over photos). FOLDER gets the captions, which are not made
again. A run that keeps no training photos is given them.
"""

import argparse
from pathlib import Path

from minisat.cli.progress import progress
from minisat.data import read_dataset
from minisat.evaluation import Cider, References, compare, corpus_bleu, corpus_scores, diversity, find_resources
from minisat.evaluation.meteor import Meteor
from minisat.files import read_json, write_json
from minisat.text import tokenize
from minisat.trained import DECODED_TOGETHER, Decoding, TrainedCaptioner
from minisat.trained.inputs import photos_and_inputs
from minisat.trained.neighbours import NoNeighbours, mean_features
from minisat.training import caption_words

ROWS = {"beam 5": None, "beam 10": None} | {
    f"consensus, k={k}, λ={weight:g}": Decoding(beam=10, consensus=True, neighbours=k, likelihood_weight=weight)
    for k, weight in ((10, 0.1), (5, 0.1), (20, 0.1), (10, 0.0), (10, 0.5))}
MAIN = ("beam 5", "beam 10", "consensus, k=10, λ=0.1")
KEYS = ("bleu_1", "bleu_2", "bleu_3", "bleu_4", "cider_d", "rouge_l")


def captions_of(captioner, photos, gather):
    """{row: {photo name: words}} of all ROWS."""
    found, consensus = {row: {} for row in ROWS}, captioner.neighbours.consensus
    plain, known = consensus.likeness, {}

    def likeness(captions, row):  # the rows of the table ask for the same again
        key = row, tuple(map(tuple, captions))
        if key not in known:
            known[key] = plain(captions, row)
        return known[key]
    consensus.likeness = likeness
    with progress("captions", "photo", len(photos)) as display:
        for start in range(0, len(photos), DECODED_TOGETHER):
            chunk = photos[start:start + DECODED_TOGETHER]
            inputs = gather(chunk)
            narrow, wide = (Decoding(beam=width, n_best=count).captions(captioner.model, inputs,
                                                                        captioner.recipe.max_words)
                            for width, count in ((5, 1), (10, 10)))
            seen = mean_features(captioner, inputs)
            for row, decoding in ROWS.items():
                said = {"beam 5": narrow, "beam 10": wide}.get(row) or [
                    decoded.captions for decoded in captioner.neighbours.decide(seen, wide, captioner.words, decoding)]
                found[row] |= {photo.name: captioner.words(best) for photo, (best, *_) in zip(chunk, said)}
            known.clear()
            display.update_to(start + len(chunk))
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run")
    parser.add_argument("data")
    parser.add_argument("--split", default="dev")
    parser.add_argument("--ensemble", nargs="+", default=[])
    parser.add_argument("--out", required=True)
    arguments = parser.parse_args()
    captioner = TrainedCaptioner(arguments.run, device="cpu", others=arguments.ensemble)
    data = read_dataset(arguments.data)
    try:
        captioner.neighbours  # noqa: B018
    except NoNeighbours:
        captioner.remember(data, progress=progress)
    photos, gather = photos_and_inputs(captioner, data.split(arguments.split))
    file = Path(arguments.out) / "captions.json"
    if not file.exists():
        write_json(file, captions_of(captioner, photos, gather))
    found = read_json(file)
    training = [caption_words(text, captioner.recipe) for photo in data.split("train") for text in photo.captions]
    references = {photo.name: [tokenize(text, "ptb") for text in photo.captions] for photo in photos}
    cut = {row: {name: tokenize(" ".join(words), "ptb") for name, words in captions.items()}
           for row, captions in found.items()}
    print("\n".join(table(found, cut, references, training)), flush=True)
    print("\n".join(variants(cut, references)))


def table(found, cut, references, training):
    """The lines of the table of MAIN: scores, how varied captions are, what differs from the first of the beam."""
    meteor = Meteor(find_resources(), [words for row in MAIN for words in cut[row].values()]
                    + [words for own in references.values() for words in own])
    ready = References(references, meteor=meteor)
    families = {row: ready.families(cut[row]) for row in MAIN}
    yield (f"| {len(references)} photos | BLEU-1..4 | CIDEr-D | ROUGE-L | {meteor.key} | different captions, in "
           "training, words | ΔBLEU-4 | ΔCIDEr-D | ΔMETEOR |\n" + "| --- " * 9 + "|")
    for row, own in families.items():
        scores = corpus_scores(own)
        *bleu, cider_d, rouge_l = (f"{100 * scores[key]:.1f}" for key in KEYS)
        varied = diversity(list(found[row].values()), training)
        against = compare(families["beam 10"], own) if row != "beam 10" else {}
        differences = [f"{100 * one.difference:+.1f} [{100 * one.low:+.1f}, {100 * one.high:+.1f}]"
                       if (one := against.get(key)) else "" for key in ("bleu_4", "cider_d", meteor.key)]
        yield (f"| {row} | {' / '.join(bleu)} | {cider_d} | {rouge_l} | {100 * scores[meteor.key]:.1f} | "
               f"{varied['unique_captions']}, {100 * varied['share_in_train']:.1f} %, {varied['vocab_used']} | "
               + " | ".join(differences) + " |")


def variants(cut, references):
    """A line for each row: BLEU and CIDEr-D."""
    scorer = Cider(list(references.values()))
    for row, captions in cut.items():
        bleu = corpus_bleu(list(captions.values()), list(references.values())).smoothed
        cider_d = sum(scorer.score(words, i)[1] for i, words in enumerate(captions.values())) / len(captions)
        yield f"{row}: BLEU {' / '.join(f'{100 * score:.1f}' for score in bleu)}, CIDEr-D {100 * cider_d:.1f}"


if __name__ == "__main__":
    main()
