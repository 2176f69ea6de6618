"""Imports point one way only, nothing is imported inside a function, and no framework comes in."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "minisat"
FILES = sorted(PACKAGE.rglob("*.py"))
ORDER = ["errors", "files", "locks", "room", "rules", "settings", "backend", "nn", "gradcheck", "optim", "text",
         "word2vec", "data", "vision", "captioner", "evaluation", "training", "trace", "plots", "trained", "teaching",
         "cli", "__main__"]
ALLOWED = {"numpy", "PIL", "nltk", "matplotlib", "tqdm", "safetensors", "minisat"} | set(sys.stdlib_module_names)


def imported(node):
    """The dotted modules that an import statement names."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        assert node.level == 0, "relative import"
        return [f"{node.module}.{alias.name}" if node.module == "minisat" else node.module for alias in node.names]
    return []


def all_imports(path):
    """Every module that the file imports."""
    return [name for node in ast.walk(ast.parse(path.read_text())) for name in imported(node)]


def room(path):
    """The part of the house that a file belongs to; None for the package's own __init__."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return None if parts == ("__init__",) else parts[0]


def identify(path):
    return str(path.relative_to(PACKAGE))


@pytest.mark.parametrize("path", FILES, ids=identify)
def test_imports_point_one_way(path):
    """A room imports itself and the rooms before it, never one after it."""
    here = room(path)
    if here is not None:
        assert here in ORDER, f"{here} has no place in the order"
    for name in all_imports(path):
        parts = name.split(".")
        if parts[0] == "minisat" and len(parts) > 1 and parts[1] in ORDER:
            assert here is not None, "minisat/__init__.py must import nothing of the package"
            assert ORDER.index(parts[1]) <= ORDER.index(here), f"{here} imports {name}, which stands above it"


@pytest.mark.parametrize("path", FILES, ids=identify)
def test_only_known_packages_are_imported(path):
    """NumPy and the named libraries only; CuPy in the backend alone; no deep-learning framework anywhere."""
    allowed = ALLOWED | ({"cupy"} if room(path) == "backend" else set())
    assert {name.split(".")[0] for name in all_imports(path)} <= allowed


@pytest.mark.parametrize("path", FILES, ids=identify)
def test_no_imports_inside_functions(path):
    """An import inside a function would hide a circle."""
    for function in ast.walk(ast.parse(path.read_text())):
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            assert not [node for node in ast.walk(function) if isinstance(node, (ast.Import, ast.ImportFrom))]


@pytest.mark.parametrize("path", FILES, ids=identify)
def test_a_file_holds_one_idea(path):
    """It opens with a sentence that says which, and is not longer than 400 lines; there is no utils.py."""
    text = path.read_text()
    assert ast.get_docstring(ast.parse(text))
    assert len(text.splitlines()) <= 400
    assert path.name not in ("utils.py", "helpers.py", "misc.py")


def test_without_cupy(tmp_path):
    """`import minisat` and a forward pass work where importing cupy fails; asking for a GPU is one sentence."""
    (tmp_path / "cupy.py").write_text("raise ImportError('no CuPy here')\n")
    code = ("import numpy as np, minisat\nfrom minisat.nn import Linear\nfrom minisat.errors import UserError\n"
            "model = Linear(2, 3)\nassert model(np.ones((1, 2), np.float32)).shape == (1, 3)\n"
            "try:\n    model.to('cuda')\nexcept UserError as error:\n    print(error)\n")
    path = os.pathsep.join([str(tmp_path), str(PACKAGE.parent)])
    done = subprocess.run([sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": path}, text=True,
                          capture_output=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("No GPU here: CuPy is not installed")


def test_with_cupy_but_no_gpu(tmp_path):
    """The same where CuPy is installed and finds no device: nothing at import asks the driver."""
    (tmp_path / "cupy.py").write_text(
        "class ndarray: pass\n"
        "def fuse(function): return function\n"
        "class cuda:\n    class runtime:\n        class CUDARuntimeError(RuntimeError): pass\n"
        "        @staticmethod\n        def getDeviceCount(): raise cuda.runtime.CUDARuntimeError('no driver')\n")
    code = ("import numpy as np\nfrom minisat.nn import Tanh\nfrom minisat.errors import UserError\n"
            "from minisat.backend import resolve_device\n"
            "layer = Tanh()\ny, cache = layer.forward(np.ones(3))\nlayer.backward(y, cache)\n"
            "assert resolve_device('auto') == 'cpu'\n"
            "try:\n    resolve_device('cuda')\nexcept UserError as error:\n    print(error)\n")
    path = os.pathsep.join([str(tmp_path), str(PACKAGE.parent)])
    done = subprocess.run([sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": path}, text=True,
                          capture_output=True)
    assert done.returncode == 0, done.stderr
    assert "no usable CUDA GPU" in done.stdout
