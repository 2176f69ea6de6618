"""Skip-gram and CBOW with negative sampling against gensim: time and quality of the same job, side by side.

    python tests/benchmarks/bench_word2vec.py CORPUS [--epochs 5] [--rounds 5] [--json]

CORPUS is a text file with one sentence per line; a line that begins with a photo's name and a tab (Flickr8k.token.txt)
loses it. The job is everything from lists of words to vectors: vocabulary, dim 100, window 5 (dynamic), 5 negatives,
words seen 5 times, subsampling at 1e-3, one thread. Times are CPU seconds, rounds interleaved; the ratio is the median
of the rounds'. Needs gensim.

Quality, of vectors that all saw the same 90 % of the sentences:
  overlap   the share of a word's 10 nearest words that are gensim's 10 (1,000 most frequent words), mean over two
            seeds of gensim; for gensim itself one seed against the other: the ceiling
  classes   of the 4 nearest among some 70 words of nine classes (colours, animals, garments …), the share of its class
  held-out  true pairs at most 2 apart in the held-back 10 %: how many score above a noise word (input · output vector)
"""

import argparse
import json
import statistics
import time

import numpy as np
from duel import set_threads

set_threads(1)  # before NumPy multiplies for the first time

try:
    from gensim.models import Word2Vec
except ImportError as error:
    raise SystemExit(f"Skipped: this benchmark compares with gensim, which is not here ({error}).") from error

from minisat import word2vec  # noqa: E402
from minisat.text import tokenize  # noqa: E402
from minisat.word2vec.corpus import EncodedCorpus  # noqa: E402
from minisat.word2vec.windows import neighbours  # noqa: E402

CLASSES = """red blue green yellow white black orange purple pink brown / dog cat horse puppy cow bird sheep goat duck /
man woman boy girl child lady guy kid toddler baby / shirt jacket hat coat dress shorts jeans sweater pants vest /
ocean lake river pool pond sea waves beach / running walking jumping climbing riding swimming skiing sliding /
two three four five six several / soccer football basketball baseball tennis volleyball hockey /
bike bicycle motorcycle car truck bus boat skateboard"""


def read(path):
    """Sentences (lists of words) of the file."""
    with open(path, encoding="utf-8") as file:
        return [tokenize(line.rpartition("\t")[2]) for line in file]


def run_gensim(sentences, sg, epochs, seed):
    """(words, input vectors, output vectors, CPU seconds) of gensim's Word2Vec with one worker."""
    began = time.process_time()
    model = Word2Vec(sentences, vector_size=100, window=5, negative=5, sg=sg, min_count=5, sample=1e-3, workers=1,
                     epochs=epochs, seed=seed)
    return model.wv.index_to_key, model.wv.vectors, model.syn1neg, time.process_time() - began


def run_ours(sentences, sg, epochs, seed, vectors="input"):
    """(words, vectors, CPU seconds) of `word2vec.train`."""
    began = time.process_time()
    trained = word2vec.train(sentences, word2vec.Settings(method="skip-gram" if sg else "cbow", epochs=epochs,
                                                          seed=seed, vectors=vectors))
    return trained.words, trained.vectors, time.process_time() - began


def unit(vectors):
    """Vectors at length 1."""
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)


def nearest(vectors, count):
    """(V, count) the nearest others of each row."""
    cosines = unit(vectors) @ unit(vectors).T
    np.fill_diagonal(cosines, -2)
    return np.argsort(-cosines, axis=1)[:, :count]


def overlap(a, b, words=1000, count=10):
    """The share of common neighbours among the most frequent words."""
    return np.mean([len(set(x) & set(y)) / count for x, y in zip(nearest(a[:words], count), nearest(b[:words], count))])


def classes(words, vectors, count=4):
    """The share of a class word's nearest class words that are of its class."""
    row = {word: k for k, word in enumerate(words)}
    label, rows = zip(*[(k, row[word]) for k, line in enumerate(CLASSES.split("/")) for word in line.split()
                        if word in row])
    label = np.array(label)
    return (label[nearest(vectors[list(rows)], count)] == label[:, None]).mean()


def held_out(words, inputs, outputs, counts, sentences):
    """The share of true pairs of unseen sentences that score above noise; ½ is chance."""
    row, rng = {word: k for k, word in enumerate(words)}, np.random.default_rng(7)
    ids = [[row[word] for word in sentence if word in row] for sentence in sentences]
    sentence = np.repeat(np.arange(len(ids)), [len(s) for s in ids])
    ids = np.array([k for s in ids for k in s])
    centres, contexts = neighbours(sentence, 2)
    noise = rng.choice(len(words), len(centres), p=counts**0.75 / (counts**0.75).sum())
    h = inputs[ids[centres]]
    return ((h * outputs[ids[contexts]]).sum(axis=1) > (h * outputs[noise]).sum(axis=1)).mean()


def compare(sentences, sg, epochs, rounds):
    """{candidate: {figure: value}} for one model."""
    seen, unseen = [s for k, s in enumerate(sentences) if k % 10], sentences[::10]
    corpus = EncodedCorpus(seen, 5)
    words, counts = corpus.words, corpus.counts
    times = {"gensim": [], "minisat": []}
    for _ in range(rounds):
        times["gensim"].append(run_gensim(seen, sg, epochs, 1)[-1])
        times["minisat"].append(run_ours(seen, sg, epochs, 1)[-1])
    found = {}
    for seed in (1, 2):
        names, inputs, outputs, _ = run_gensim(seen, sg, epochs, seed)
        order = [{name: k for k, name in enumerate(names)}[word] for word in words]
        found["gensim", seed] = inputs[order], outputs[order]
        found["minisat", seed] = tuple(run_ours(seen, sg, epochs, seed, v)[1] for v in ("input", "output"))
    peers = [found["gensim", seed][0] for seed in (1, 2)]
    table = {}
    for name in times:
        mine = [found[name, seed] for seed in (1, 2)]
        pairs = [(peers[0], peers[1])] if name == "gensim" else [(a[0], b) for a in mine for b in peers]
        table[name] = {
            "seconds": statistics.median(times[name]),
            "words/s": corpus.size * epochs / statistics.median(times[name]),
            "ratio": statistics.median(a / b for a, b in zip(times[name], times["gensim"])),
            "overlap": float(np.mean([overlap(a, b) for a, b in pairs])),
            "classes": float(np.mean([classes(words, a) for a, _ in mine])),
            "held-out": float(np.mean([held_out(words, a, b, counts, unseen) for a, b in mine]))}
    return table


def main():
    """Print one table for each model."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus")
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    sentences = read(arguments.corpus)
    results = {}
    for sg, model in ((1, "skip-gram"), (0, "cbow")):
        results[model] = table = compare(sentences, sg, arguments.epochs, arguments.rounds)
        if not arguments.json:
            print(f"\n{model}, negative sampling, {arguments.epochs} epochs, 1 thread, CPU time")
            print(f"{'':<10}" + "".join(f"{figure:>11}" for figure in table["gensim"]))
            for name, row in table.items():
                print(f"{name:<10}{row['seconds']:>11.2f}{row['words/s']:>11.0f}"
                      + "".join(f"{value:>11.3f}" for value in list(row.values())[2:]), flush=True)
    if arguments.json:
        print(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
