"""Fast twins of layers: those that there are, and the seam for those that may come."""

import sys

import numpy as np
import pytest
from homes import assert_homes_agree, run_case
from strict_arrays import strict

from minisat.backend import GPU, twinned
from minisat.captioner.cases import EVERY_CASE
from minisat.nn import correlation
from minisat.optim import Adam

HOT = ("lstm_cell", "gru_cell.reset_after", "additive_score", "dot_score", "general_score", "concat_score",
       "cross_entropy.masked", "sigmoid", "embedding.repeated_ids", "dropout.given", "hard_attention",
       "conv2d.depthwise")


def test_what_is_marked_has_a_twin():
    """The mark says "elsewhere stands a fast form": where there is none it does not belong."""
    modules = [module for name, module in sys.modules.items() if name.startswith("minisat.")]
    owners = [*modules, *{each for module in modules for each in vars(module).values() if isinstance(each, type)}]
    marked = {value for owner in owners for value in vars(owner).values() if hasattr(value, "twins")}
    assert {correlation.correlate, correlation.correlate_each, Adam.update} <= marked
    assert all({np, GPU} & function.twins.keys() for function in marked)


@pytest.mark.parametrize("name", HOT)
def test_a_layer_takes_the_twin_of_its_arrays_home(name, monkeypatch):
    """Marked and given a twin from outside, any layer runs it forward and backward on those arrays and no others."""
    kind, taken = type(EVERY_CASE[name](np.random.default_rng(0))[0]), []

    def give_twin(phase):
        marked = twinned(getattr(kind, phase))

        @marked.twin(strict)
        def twin(*args, **kwargs):
            taken.append(phase)
            return marked.reference(*args, **kwargs)
        monkeypatch.setattr(kind, phase, marked)
    plain = run_case(name)
    give_twin("forward")
    give_twin("backward")
    assert_homes_agree(plain, run_case(name), 0)
    assert not taken
    assert_homes_agree(plain, run_case(name, strict.asarray), 1e-6)
    assert taken == ["forward", "backward"]
