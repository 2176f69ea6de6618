"""Section profile: ncu on one training step's kernels: time, bytes, and how near they are to the card's peaks."""

import csv
import io
import shutil
import subprocess
import sys
from collections import defaultdict

from measure_duel import SHAPES, minisat_step
from measured import SHORT, Measured

METRICS = {"gpu__time_duration.sum": "ns", "dram__bytes.sum": "bytes",
           "dram__throughput.avg.pct_of_peak_sustained_elapsed": "memory", "launch__registers_per_thread": "registers",
           "sm__throughput.avg.pct_of_peak_sustained_elapsed": "arithmetic"}


def step(half):
    """Three steps; what ncu looks at is the last."""
    run, *_ = minisat_step(*SHAPES[0], half=half)
    for _ in range(3):
        run(lambda: None)


def number(text):
    return float(text.replace(",", ""))


def main(out):
    found = Measured(out, "profile")
    if not shutil.which("ncu"):
        found.row("ncu", None, "is not here")
        return
    command = ["ncu", "--clock-control", "none", "--csv", "--print-units", "base", "--metrics", ",".join(METRICS),
               "--launch-skip", "500", "--launch-count", "4" if SHORT else "260", sys.executable, __file__, "--step"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=420)
    lines = [line for line in done.stdout.splitlines() if line.startswith('"')]
    if not lines:
        raise RuntimeError(f"ncu says: {(done.stdout + done.stderr)[-1500:]}")
    kernels = defaultdict(lambda: defaultdict(list))
    for row in csv.DictReader(io.StringIO("\n".join(lines))):
        if row["Metric Name"] in METRICS:
            kernels[row["Kernel Name"].split("(")[0]][METRICS[row["Metric Name"]]].append(number(row["Metric Value"]))
    for name, values in sorted(kernels.items(), key=lambda item: -sum(item[1]["ns"])):
        mean = {key: sum(v) / len(v) for key, v in values.items()}
        found.row(f"{name} x {len(values['ns'])}", mean["ns"] / 1e3, "us", **mean)


if __name__ == "__main__":
    step(half=False) if sys.argv[1] == "--step" else main(sys.argv[1])
