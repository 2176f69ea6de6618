"""What a training step costs, captioner by captioner: is hard attention cheaper than soft?

    python tests/benchmarks/bench_captioner_steps.py [--rounds 9] [--size 256]

Interleaved rounds in one process each, CPU time of one thread, N=64, V=3000, captions of Flickr8k's lengths, on grids
of 13 × 13 × 512 (SqueezeNet) and 7 × 7 × 1280 (MobileNet v2). Ratios are to soft attention.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from bench_training_step import V, make_minisat  # noqa: E402
from duel import duel, print_table, set_threads  # noqa: E402

KINDS = {"soft": {}, "hard, half of it drawn": {"model": "hard-attention"},
         "hard, all drawn": {"model": "hard-attention", "hard_expectation": 0.0},
         "hard, self-critical": {"model": "hard-attention", "hard_baseline": "self-critical"},
         "show and tell": {"model": "show-and-tell"}, "gru-notebook": {"model": "gru-notebook", "penalty": 0.0},
         "soft, general score, GRU": {"score": "general", "cell": "gru"}}


def main():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--size", type=int, default=256, help="H = M = A (256)")
    arguments = parser.parse_args()
    set_threads(1)
    sizes = {f"{part}_size": arguments.size for part in ("embedding", "hidden", "attention")}
    for L, D in ((169, 512), (49, 1280)):
        results = duel({name: (make_minisat, (L, D, sizes | fields)) for name, fields in KINDS.items()},
                       arguments.rounds, 1)
        print_table(f"training step, L={L} D={D} N=64 A=H=M={arguments.size} V={V}", results, "soft", 1)


if __name__ == "__main__":
    main()
