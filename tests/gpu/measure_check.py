"""Section check: what doctor says, and every test marked gpu."""

import json
import re
import subprocess
import sys
import time
from pathlib import Path

from measured import SHORT, Measured

ROOT = Path(__file__).resolve().parents[2]


def main(out):
    found = Measured(out, "check")
    done = subprocess.run([sys.executable, "-m", "minisat", "doctor", "--json"], capture_output=True, text=True)
    said = json.loads(done.stdout or "{}")
    gpu = said.get("GPU", {})
    found.row("GPU", gpu.get("name"), f"CuPy {gpu.get('cupy')}", **said)
    for problem in said.get("problems", [done.stderr[-500:]]):
        found.row("doctor", None, "broken", error=problem)
    tests = ["tests/gpu"] if SHORT else ["tests"]
    begin = time.time()
    done = subprocess.run([sys.executable, "-m", "pytest", "-m", "gpu", "-p", "no:cacheprovider", "--tb=short",
                           "--continue-on-collection-errors",  # a bare machine lacks what other tests import
                           "--deselect", "tests/gpu/test_measure.py", *tests],
                          cwd=ROOT, capture_output=True, text=True)
    print(done.stdout[-20000:], done.stderr[-4000:])
    counts = {word: int(number) for number, word in re.findall(r"(\d+) (passed|failed|errors?|skipped)", done.stdout)}
    found.row("tests marked gpu", counts.get("passed", 0), "passed", **counts, seconds=round(time.time() - begin, 1),
              failures=re.findall(r"^(?:FAILED|ERROR) .*", done.stdout, re.M)[:50])
    if done.returncode:
        found.row("tests marked gpu", None, "not green", error=done.stdout[-300:])


if __name__ == "__main__":
    main(sys.argv[1])
