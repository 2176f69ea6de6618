"""minisat: Show, Attend and Tell that you can read, from nothing but arrays.

    captioner = minisat.load("runs/first")              # a trained run
    print(captioner.caption("dog.jpg"))

    minisat.features(data, out, encoder, …)             # photos → a feature store
    minisat.train(data, run, features=…, …)             # a data set → a trained captioner
    minisat.gradcheck.check(layer, x)                   # is a backward pass right?
    minisat.step_page(module, x)                        # every number of it, on a page; a notebook shows it

Each says more by help(minisat.load) and so on. The layers are in minisat.nn.
"""

import importlib

__version__ = "0.1.0"

_FRONT_DOOR = {name: "minisat.trained.front_door" for name in ("load", "train", "features")}
_FRONT_DOOR["step_page"] = "minisat.plots.stepper"


def __getattr__(name):
    """What is offered here is imported when it is first asked for (PEP 562), so that `import minisat` is quick."""
    if name in _FRONT_DOOR:
        return getattr(importlib.import_module(_FRONT_DOOR[name]), name)
    if name == "gradcheck":
        return importlib.import_module("minisat.gradcheck")
    raise AttributeError(f"module 'minisat' has no attribute {name!r}")


def __dir__():
    return sorted([*globals(), *_FRONT_DOOR, "gradcheck"])
