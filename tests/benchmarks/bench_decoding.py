"""Beam search over many photos at once against a straightforward PyTorch decoder, photo by photo; same weights.

    python tests/benchmarks/bench_decoding.py [--photos 1000] [--peer-photos 40] [--rounds 5] [--threads 1]
                                             [--run RUN --store STORE]

Sizes: A=H=M=512, V=3000; L=196, D=512 (VGG's grid) and L=49, D=1280. Random weights do not end captions: all have 14
words, the work is fixed. With --run RUN --store STORE a trained soft-attention captioner says real captions, of at
most 14 words, END included. The peer decodes only the first photos, since its time per photo is constant; that both
find the same captions there is checked.
"""

import argparse
import statistics
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from duel import duel, set_threads  # noqa: E402

V, MAX_WORDS = 3000, 14


def make_model(source, photos):
    """(a soft-attention captioner, features (photos, L, D)) of `source`: (L, D), or (run, store) with trained ones."""
    import numpy as np

    from minisat.captioner import Recipe, build_captioner
    from minisat.training import load_run
    from minisat.vision import FeatureStore

    if isinstance(source[0], str):
        return load_run(source[0]).model, FeatureStore.open(source[1]).gather(np.arange(photos))
    L, D = source
    model, features = build_captioner(Recipe(), V, D, rng=0).eval(), np.empty((photos, L, D), np.float32)
    model.L_o.W.data *= 8  # peaked enough for clear winners
    for photo in range(photos):
        rng = np.random.default_rng([5, photo])
        features[photo] = rng.exponential(1, D) * np.maximum(rng.standard_normal((L, D)), 0)  # no two are alike
    return model, features


def make_minisat(source, width, photos):
    """minisat as `evaluate` decodes."""
    from minisat.backend import keep_freed_memory
    from minisat.captioner import fast_decoder
    from minisat.captioner.decoding import beam
    from minisat.trained import DECODED_TOGETHER

    keep_freed_memory()
    model, features = make_model(source, photos)

    def step():
        found = []
        for start in range(0, photos, DECODED_TOGETHER):
            found += beam(fast_decoder(model), features[start:start + DECODED_TOGETHER], width, MAX_WORDS)
        return [(best.ids, best.mean_logprob) for best, in found]
    return step


def make_torch(source, width, photos, hoist, threads):
    """Photo by photo, the beam as the batch, as tutorials do; `hoist` projects the features once per photo.

    The search is minisat's: a caption that has ended gives its place up, the best mean log p of the ended ones wins.
    """
    import torch

    from minisat.text import END, START

    torch.set_num_threads(threads)
    model, features = make_model(source, photos)
    features = torch.from_numpy(features) / float(model.scale.scale.data)
    P = {name: torch.from_numpy(parameter.data) for name, parameter in model.named_parameters()}
    V, M = P["embedding.W"].shape
    W_word, W_z = P["attend.cell.W_x"].split([M, features.shape[2]])

    def decode(a):
        k, mean = width, a.mean(0)
        h = torch.tanh(mean @ P["init_h.W"] + P["init_h.b"]).expand(k, -1)
        c = torch.tanh(mean @ P["init_c.W"] + P["init_c.b"]).expand(k, -1)
        words, said = torch.full((k,), START), torch.full((k, 1), START)
        totals, ended = torch.zeros(k, 1), []
        keys = a @ P["keys.W"] if hoist else None
        for t in range(MAX_WORDS):
            word = P["embedding.W"][words]
            if not hoist:
                seen = a[None].expand(k, -1, -1)
                keys = seen @ P["keys.W"]
            query = h @ P["attend.score.W_h"] + P["attend.score.b"]
            alpha = torch.softmax(torch.tanh(keys + query[:, None]) @ P["attend.score.v"], 1)
            context = alpha @ a if hoist else (seen * alpha[..., None]).sum(1)
            z = torch.sigmoid(h @ P["attend.f_beta.W"] + P["attend.f_beta.b"]) * context
            gates = word @ W_word + z @ W_z + h @ P["attend.cell.W_h"] + P["attend.cell.b"]
            i, f, g, o = gates.chunk(4, 1)
            c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
            h = torch.sigmoid(o) * torch.tanh(c)
            total = word + h @ P["L_h.W"] + P["L_h.b"] + z @ P["L_z.W"]
            scores = torch.log_softmax(total @ P["L_o.W"] + P["L_o.b"], 1) + totals
            scores[:, :END + (t == 0)] = -torch.inf
            values, places = (scores[0] if t == 0 else scores.view(-1)).topk(k)
            rows, words = places // V, places % V
            said = torch.cat([said[rows], words[:, None]], 1)
            over = words == END
            ended += [(value / (t + 1), line) for value, line in zip(values[over].tolist(), said[over].tolist())]
            k -= int(over.sum())
            if k == 0:
                break
            rows, words, said, totals = rows[~over], words[~over], said[~over], values[~over][:, None]
            h, c = h[rows], c[rows]
        best = max(ended) if ended else (totals[0].item() / MAX_WORDS, [*said[0].tolist(), END])
        return tuple(best[1][1:-1]), best[0]

    def step():
        with torch.inference_mode():
            return [decode(a) for a in features]
    return step


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=int, default=1000)
    parser.add_argument("--peer-photos", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--run")
    parser.add_argument("--store")
    arguments = parser.parse_args()
    set_threads(arguments.threads)
    sources = [(196, 512), (49, 1280)] if arguments.run is None else [(arguments.run, arguments.store)]
    for source in sources:
        for width in (5, 20):
            compare(source, width, arguments.photos, arguments.peer_photos, arguments.rounds, arguments.threads)


def compare(source, width, photos, few, rounds, threads):
    """One table: milliseconds per photo, and as a ratio to PyTorch with the projection hoisted."""
    results = duel({"PyTorch, hoisted": (make_torch, (source, width, few, True, threads)),
                    "PyTorch, tutorial": (make_torch, (source, width, few, False, threads)),
                    "minisat": (make_minisat, (source, width, photos))}, rounds, threads)
    counts = {name: photos if name == "minisat" else few for name in results}
    each = {name: [seconds / counts[name] for seconds in times] for name, (times, _, _) in results.items()}
    found = {name: captions for name, (_, _, captions) in results.items()}
    words = statistics.mean(len(ids) for ids, _ in found["minisat"])
    print(f"\nbeam {width}, {source}, {photos} photos, {words:.1f} words a caption, {threads} thread(s)")
    for name, times in each.items():
        hoisted = statistics.median(a / b for a, b in zip(times, each["PyTorch, hoisted"]))
        tutorial = statistics.median(a / b for a, b in zip(times, each["PyTorch, tutorial"]))
        alike = sum(one[0] == other[0] for one, other in zip(found[name], found["minisat"]))
        print(f"{name:<20}{statistics.median(times) * 1e3:>8.1f} ms per photo{hoisted:>8.3f} x hoisted{tutorial:>8.3f} "
              f"x tutorial{results[name][1]:>8.0f} extra MiB; as minisat: {alike} of {len(found[name])}", flush=True)
    for one, other in zip(found["PyTorch, hoisted"], found["minisat"]):
        assert one[0] == other[0] or abs(one[1] - other[1]) < 1e-4, "the captions differ by more than rounding"


if __name__ == "__main__":
    main()
