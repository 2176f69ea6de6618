"""`minisat doctor`: what is installed, which devices work, a self-check of a few seconds, and what to do next."""

import os
import platform
import sys
from importlib import metadata
from pathlib import Path

import numpy as np

from minisat import __version__
from minisat.backend import gpu_state, scatter_add, to_device, to_numpy
from minisat.cli.answer import Answer
from minisat.cli.colour import bold, green, red
from minisat.cli.exit_codes import DONE, WRONG
from minisat.cli.shell import command
from minisat.gradcheck import check_case
from minisat.nn.cases import CASES
from minisat.room import readable
from minisat.vision.weights.catalogue import STANDARD, find_standard

HELP = "Say what is installed and which devices work, and check a few gradients. Exit code 1 when something is broken."
EXAMPLE = "minisat doctor"
JSON = "print the findings as JSON"

NEEDED = ("numpy", "pillow", "nltk", "matplotlib", "tqdm", "safetensors")
OPTIONAL = {"cupy-cuda12x": "GPU", "cupy-cuda13x": "GPU", "pytest": "tests", "ruff": "tests", "torch": "parity tests"}
CHECKED = ("linear", "softmax", "embedding.repeated_ids", "additive_score", "lstm_cell", "cross_entropy.masked")


def add_arguments(parser):
    """None."""


def _version(distribution):
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def _blas():
    blas = np.show_config(mode="dicts").get("Build Dependencies", {}).get("blas", {})
    return f"{blas.get('name', 'unknown')} {blas.get('version', '')}".strip()


def _threads():
    """What limits the BLAS library's threads: an environment variable, or the cores we may use."""
    for name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"):
        if os.environ.get(name):
            return f"{os.environ[name]} ({name})"
    return f"{_cores()} (all cores)"


def _cores():
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def scatter_problem(device):
    """Whether `scatter_add` on `device` differs from a plain loop, as a sentence; None when it does not."""
    rng = np.random.default_rng(0)
    ids, rows = rng.integers(0, 5, 40), rng.standard_normal((40, 3)).astype(np.float32)
    expected = np.zeros((5, 3), np.float32)
    for k, row in zip(ids, rows):
        expected[k] += row
    table = to_device(np.zeros((5, 3), np.float32), device)
    scatter_add(table, to_device(ids, device), to_device(rows, device))
    error = float(np.abs(to_numpy(table) - expected).max())
    return None if error < 1e-5 else f"scatter_add on {device} is off by {error:.1e}"


def examine():
    """Everything found, as {section: {name: value}}; `problems` lists what is broken."""
    gpu = gpu_state()
    packages = {name: _version(name) for name in NEEDED}
    problems = [f"{name} is not installed (pip install {name})" for name, version in packages.items() if not version]
    checks = {}
    for name in CHECKED:
        report = check_case(name, CASES[name])
        checks[f"gradients of {name}"] = "ok" if report.ok else report.explain()
    for device in ("cpu",) if gpu["problem"] else ("cpu", "cuda"):
        checks[f"scatter_add on {device}"] = scatter_problem(device) or "ok"
    problems += [f"{name}: {outcome}" for name, outcome in checks.items() if outcome != "ok"]
    return {
        "system": {"minisat": __version__, "python": platform.python_version(), "executable": sys.executable,
                   "platform": platform.platform(), "cores": _cores(), "BLAS": _blas(), "BLAS threads": _threads()},
        "packages": packages,
        "optional": {name: _version(name) for name in OPTIONAL},
        "GPU": gpu,
        "self-check": checks,
        "problems": problems,
        "next": next_step(problems, Path.cwd()),
    }


def next_step(problems, folder):
    """The next useful thing in the working folder `folder`, a command and why, by what is there already."""
    if problems:
        return "mend that; `pip install` brings packages, and a failed check is worth an issue."
    runs = [file.parent for place in ("runs/*", "runs/*/run") for file in folder.glob(f"{place}/config.json")]
    learnt = [run for run in runs if "demo" not in run.parts and (run / "best.safetensors").is_file()]
    if learnt:
        newest = max(learnt, key=lambda run: (run / "best.safetensors").stat().st_mtime).relative_to(folder)
        return f"`{command('serve', newest, '--open')}` captions your own photos."
    if not runs:
        return "`minisat demo` shows the whole job in minutes and downloads nothing; `minisat lesson` teaches it."
    if not any(folder.glob("*/*.token.txt")) and not any(folder.glob("*/captions.txt")):
        return "`minisat data fetch flickr8k` brings real photos to learn from (docs/data.md has others)."
    if not any(map(find_standard, STANDARD)):
        return "`minisat weights fetch mobilenet_v2` brings an encoder that has learnt to see."
    return "`minisat features DATA …`, then `minisat train DATA …`: the README has the lines."


def run(arguments):
    """Look; exit code 1 when something is broken."""
    found = examine()
    lines = []
    for section in ("system", "packages", "self-check", "optional"):
        lines.append(bold(section))
        for name, value in found[section].items():
            purpose = f"  (for: {OPTIONAL[name]})" if section == "optional" else ""
            lines.append(f"  {name:<36} {value or ('not installed' if purpose else red('missing'))}{purpose}")
    gpu = found["GPU"]
    cuda = f"no: {gpu['problem']}" if gpu["problem"] else (
        f"{gpu['name']}, {readable(gpu['free'])} of {readable(gpu['memory'])} free, CuPy {gpu['cupy']}")
    lines += [bold("devices"), f"  {'cpu':<36} works", f"  {'cuda':<36} {cuda}"]
    broken = "; ".join(found["problems"])
    lines += ["", red(f"Broken: {broken}.") if broken else green("All is well."), f"Next: {found['next']}"]
    return Answer(found, "\n".join(lines), WRONG if broken else DONE)
