"""The variance of hard attention's gradient without a baseline and with each of the three.

    python tests/benchmarks/bench_gradient_variance.py DATA STORE --out FOLDER

Trains hard attention (the named recipe, every location drawn) on a part of the data set, and at some steps draws the
gradient of one batch many times under each baseline, at the same weights and on the same paths. Prints the figures
and writes FOLDER/gradient-variance.png.
"""

import argparse
from pathlib import Path

import numpy as np
from gradient_noise import gradient_noise, gradient_noise_figure

from minisat.captioner import Recipe, Reinforce, build_captioner, build_objective, read_recipe
from minisat.data import read_dataset
from minisat.data.batches import caption_batch
from minisat.nn import commit_statistics
from minisat.optim import Adam, FlatParameters, clip_norm
from minisat.training import Corpus
from minisat.vision import FeatureStore

PROBE = 16  # captions in the batch whose gradient is drawn
BASELINES = ("none", "moving-average", "per-word", "self-critical")


def main():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", metavar="DATA")
    parser.add_argument("store", metavar="STORE")
    parser.add_argument("--out", required=True, metavar="FOLDER")
    parser.add_argument("--photos", type=int, default=500, help="training photos (500)")
    parser.add_argument("--size", type=int, default=128, help="H = M = A (128)")
    parser.add_argument("--steps", type=int, nargs="+", default=[20, 80, 200, 400], help="measure after these")
    parser.add_argument("--draws", type=int, default=40, help="gradients per measurement (40)")
    arguments = parser.parse_args()

    store = FeatureStore.open(arguments.store)
    recipe = Recipe.from_dict({**read_recipe("hard-attention"), "embedding_size": arguments.size, "dropout": 0.0,
                               "hidden_size": arguments.size, "attention_size": arguments.size,
                               "hard_expectation": 0.0, "hard_weight": 1.0})
    corpus = Corpus.build(read_dataset(arguments.data).split("train")[:arguments.photos], [], recipe)
    batches = corpus.batches(store.rows([photo.name for photo in corpus.train]), recipe)
    captioner = build_captioner(recipe, len(corpus.vocabulary), store.header["D"], feature_scale=store.scale)
    objective = build_objective(recipe, captioner)
    flat = FlatParameters(captioner.parameters())
    optimizer = Adam(flat, recipe.learning_rate)
    chosen = np.random.default_rng(1).permutation(len(batches.encoded))[:PROBE]  # captions of all lengths
    probe = caption_batch(batches.rows[chosen], [batches.encoded[k] for k in chosen])
    probe = store.gather(probe.photos), probe.ids, probe.lengths
    averages = {"moving-average": 0.0, "per-word": 0.0}

    figures, step, epoch = {name: [] for name in BASELINES}, 0, 0
    print(f"{'step':>5} {'baseline':<15} {'variance':>10} {'of none':>8}")
    while step < max(arguments.steps):
        for batch in batches.epoch(np.random.default_rng(epoch)):
            flat.zero_grad()
            _, cache = objective.forward(store.gather(batch.photos), batch.ids, batch.lengths,
                                         rng=np.random.default_rng([2, step]))
            objective.backward(1.0, cache)
            costs = cache.spoken.packing.caption_sums(cache.spoken.costs)
            for name, new in (("moving-average", costs.mean()), ("per-word", costs.sum() / batch.lengths.sum())):
                averages[name] = recipe.hard_decay * averages[name] + (1 - recipe.hard_decay) * new
            commit_statistics(cache)
            clip_norm([flat], recipe.clip_norm)
            optimizer.step()
            step += 1
            if step in arguments.steps:
                measure(objective, probe, averages, arguments.draws, step, figures)
        epoch += 1
    path = Path(arguments.out) / "gradient-variance.png"
    gradient_noise_figure(sorted(arguments.steps), figures, path)
    print(f"drawn: {path}")


def measure(objective, probe, averages, draws, step, figures):
    """Print the noise under each baseline, and add its variance to `figures`."""
    own = objective.reinforce
    for name in BASELINES:
        objective.reinforce = Reinforce(own.weight, own.entropy, own.reward, own.reduction, name, own.decay, 0.0)
        objective.reinforce.average.data[...] = averages.get(name, 0.0)
        noise = gradient_noise(objective, probe, draws)
        figures[name].append(noise.variance)
        print(f"{step:>5} {name:<15} {noise.variance:>10.2f} {noise.variance / figures['none'][-1]:>8.3f}", flush=True)
    objective.reinforce = own


if __name__ == "__main__":
    main()
