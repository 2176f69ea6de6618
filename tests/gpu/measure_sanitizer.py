"""Section sanitizer: compute-sanitizer over the kernels' own tests, by memcheck, racecheck and initcheck."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

from measured import Measured

ROOT = Path(__file__).resolve().parents[2]
TOOLS = {"memcheck": [], "racecheck": [], "initcheck": []}


def main(out):
    found = Measured(out, "sanitizer")
    if not shutil.which("compute-sanitizer"):
        found.row("compute-sanitizer", None, "is not here")
        return
    for tool, flags in TOOLS.items():
        command = ["compute-sanitizer", "--tool", tool, "--error-exitcode", "9", *flags, sys.executable, "-m", "pytest",
                   "-m", "gpu", "-x", "-q", "-p", "no:cacheprovider", "tests/gpu/test_training_twins.py"]
        try:
            done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=150)
        except subprocess.TimeoutExpired:
            found.row(tool, None, "took more than 150 s")
            continue
        print(done.stdout[-8000:])
        summary = re.findall(r"ERROR SUMMARY: (.*)|RACECHECK SUMMARY: (.*)", done.stdout)
        found.row(tool, done.returncode, "exit code (0: clean)", summary=["".join(line) for line in summary])


if __name__ == "__main__":
    main(sys.argv[1])
