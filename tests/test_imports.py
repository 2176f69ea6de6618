"""Imports point one way only, nothing is imported inside a function, and no framework comes in."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "minisat"
FILES = sorted(PACKAGE.rglob("*.py"))
ORDER = ["errors", "rules", "settings", "files", "download", "locks", "room", "backend", "nn", "gradcheck", "diagnosis",
         "optim", "text", "word2vec", "data", "vision", "captioner", "evaluation", "training", "trace", "plots",
         "trained", "teaching", "book", "cli", "__main__"]
ALLOWED = {"numpy", "PIL", "nltk", "matplotlib", "tqdm", "safetensors", "minisat"} | set(sys.stdlib_module_names)
ALLOWED_IN = {"backend": {"cupy", "cupy_backends"}, "book": {"markdown_it", "latex2mathml", "pygments"}}


def all_imports(tree):
    """Every dotted module that a file imports; a relative import is its dots, which no list allows."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level:
            yield "." * node.level
        elif isinstance(node, ast.ImportFrom):
            yield from ([f"minisat.{alias.name}" for alias in node.names] if node.module == "minisat"
                        else [node.module])


def room(path):
    """The part of the house that a file belongs to; None for the package's own __init__."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return None if parts == ("__init__",) else parts[0]


def wrongs(judge, files=FILES):
    """What `judge(path, tree)` says of every file that it has something to say of, one line each."""
    trees = ((path, ast.parse(path.read_text(encoding="utf-8"))) for path in files)
    return [f"{path.relative_to(PACKAGE).as_posix()}: {said}" for path, tree in trees for said in judge(path, tree)]


def points_back(path, tree):
    """A room imports itself and the rooms before it, never one after it; minisat/__init__.py imports none."""
    here = room(path)
    if here is not None and here not in ORDER:
        yield f"{here} has no place in the order"
        return
    for name in all_imports(tree):
        parts = name.split(".")
        if parts[0] == "minisat" and len(parts) > 1 and parts[1] in ORDER:
            if here is None or ORDER.index(parts[1]) > ORDER.index(here):
                yield f"imports {name}, which stands after it"


def unknown(path, tree):
    """NumPy and the named libraries only; CuPy in the backend alone; no deep-learning framework anywhere."""
    allowed = ALLOWED | ALLOWED_IN.get(room(path), set())
    yield from (f"imports {name}" for name in all_imports(tree) if name.split(".")[0] not in allowed)


def hidden(path, tree):
    """An import inside a function would hide a circle."""
    functions = (node for node in ast.walk(tree)
                 if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)))
    yield from (f"line {node.lineno} imports inside a function" for function in functions
                for node in ast.walk(function) if isinstance(node, (ast.Import, ast.ImportFrom)))


def shapeless(path, tree):
    """A file holds one idea: it opens with a sentence that says which, has at most 400 lines, and is no utils.py."""
    if not ast.get_docstring(tree):
        yield "has no docstring"
    if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 400:
        yield f"has {lines} lines"
    if path.name in ("utils.py", "helpers.py", "misc.py"):
        yield "is a drawer for anything"


@pytest.mark.parametrize("judge", [points_back, unknown, hidden, shapeless], ids=lambda judge: judge.__name__)
def test_every_file_of_the_package(judge):
    """The four rules above hold for every file."""
    assert len(FILES) > 200
    assert not (said := wrongs(judge)), "\n".join(said)


@pytest.mark.parametrize("judge, name, text", [
    (points_back, "nn/x.py", "from minisat.training import run"), (points_back, "__init__.py", "import minisat.nn"),
    (points_back, "attic/x.py", ""), (points_back, "nn/x.py", "from minisat import cli"),
    (unknown, "nn/x.py", "import cupy"), (unknown, "cli/x.py", "import torch.nn"),
    (unknown, "cli/x.py", "import pygments"),
    (unknown, "nn/x.py", "from . import linear"), (hidden, "nn/x.py", "def f():\n    import os"),
    (shapeless, "nn/x.py", "import os"), (shapeless, "nn/x.py", "'Long.'\n" + "\n" * 400),
    (shapeless, "nn/utils.py", "'All.'")])
def test_the_rules_see(judge, name, text, tmp_path, monkeypatch):
    """A file that breaks a rule is named, once."""
    monkeypatch.setitem(globals(), "PACKAGE", tmp_path)
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    (said,) = wrongs(judge, [path])
    assert said.startswith(f"{name}: ")


def test_lessons_import_nothing_of_the_command_line():
    """A reader meets the library there; commands are run as they are typed (teaching/terminal.py)."""
    lessons = sorted((PACKAGE.parent / "lessons").rglob("*.py"))
    assert len(lessons) > 50
    assert not [path for path in lessons
                for name in all_imports(ast.parse(path.read_text(encoding="utf-8"))) if name.startswith("minisat.cli")]


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
