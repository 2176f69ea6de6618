"""A learner's layers in the captioner: each is where it belongs and at work, and solutions change no gradient."""

import numpy as np
import pytest

from minisat.captioner import Recipe, Through, build_captioner, build_objective
from minisat.files import write_text
from minisat.teaching.desk import Desk
from minisat.teaching.mine import described, own_layers, put_in
from minisat.teaching.shelf import all_lessons
from minisat.vision import Sight, View

LESSONS = all_lessons()
ALL = {"Linear", "CrossEntropy", "Embedding", "Conv2d", "MeanOverLocations", "LSTMCell", "AdditiveScore", "WeightedSum",
       "Softmax", "BatchNorm2d"}


def solved(folder, names):
    """A learner's folder in which the exercises of these lessons are solved."""
    desk = Desk(folder)
    for lesson in LESSONS:
        if lesson.kept_as in names:
            write_text(desk.exercise(lesson), (lesson.folder / "solution.py").read_text(encoding="utf-8"))
            desk.solve(lesson)
    return desk


def step(layers=None):
    """(the objective, {name: gradient}): a training step of the demo's captioner, small, with these Layers or none."""
    view = View.of_photos("toy_cnn_v2")
    recipe = Recipe(embedding_size=4, hidden_size=5, attention_size=3, dropout=0.0, penalty=0.0)
    sight = Sight.build(view, 0, "live")
    captioner = build_captioner(recipe, 9, view.D, rng=0)
    objective = Through(sight, build_objective(recipe, captioner, input_gradient=True)).astype("float64").train()
    sight.begin()
    if layers is not None:
        objective, *_ = put_in(objective, layers)
    rng = np.random.default_rng(0)
    photos, ids = rng.standard_normal((2, 3, 32, 32)), np.array([[2, 4, 5, 4, 3], [2, 6, 3, 0, 0]])
    objective.zero_grad()
    loss, cache = objective.forward(photos, ids, np.array([4, 2]))
    objective.backward(1.0, cache)
    return objective, {name: parameter.grad.copy() for name, parameter in objective.named_parameters()} | {"loss": loss}


@pytest.fixture(scope="module")
def layers(tmp_path_factory):
    """Those of all solutions that are part of the demo's captioner, and one that is not."""
    desk = solved(tmp_path_factory.mktemp("mine"), {"nudge", "surprise", "look_up", "filter", "grid", "gates", "match",
                                                           "look_again", "everywhere", "real_photos"})
    return own_layers(LESSONS, desk)[0]


def test_solutions_give_minisats_gradients(layers):
    """Ten kinds of layers in CNN and captioner are the learner's; every gradient is that of the fast twin."""
    _, right = step()
    objective, found = step(layers)
    kinds = {type(module).__mro__ for _, module in objective.named_modules()}
    used = [layer for layer in layers if any(layer.cls in kind for kind in kinds)]
    assert {layer.instead_of.__name__ for layer in used} == ALL
    assert not any(layer.instead_of == kind[0] for layer in layers for kind in kinds)
    assert found.keys() == right.keys()
    for name, gradient in right.items():
        np.testing.assert_allclose(found[name], gradient, rtol=1e-8, atol=1e-10 * np.abs(gradient).max(), err_msg=name)


def test_a_wrong_layer_is_felt(layers, monkeypatch):
    """What a learner's backward pass says is what the training hears."""
    gates = next(layer for layer in layers if layer.cls.__name__ == "Gates")
    backward = gates.cls.backward

    def halved(self, dstate, cache):
        dx, dstate = backward(self, dstate, cache)
        return dx / 2, dstate
    monkeypatch.setattr(gates.cls, "backward", halved)
    _, right = step()
    _, found = step(layers)
    assert not np.allclose(found["objective.captioner.embedding.W"], right["objective.captioner.embedding.W"])


def test_it_is_said_whose_each_layer_is(layers):
    """With the lesson and how many there are; what stays minisat's is named, once each."""
    objective, _ = step()
    _, own, ours = put_in(objective, layers)
    text = described(own, ours)
    assert "yours      Gates        for LSTMCell          (lesson 10; 1 of them)" in text
    assert text.splitlines()[-1].startswith("  minisat's  ") and "ReLU" in text.splitlines()[-1]
    assert not set(ours) & ALL


def test_what_is_not_solved_is_not_taken(tmp_path):
    """Neither an exercise that was never solved nor one that has been broken since."""
    desk = solved(tmp_path, {"nudge", "gates"})
    desk.exercise(LESSONS[0]).write_text("1 +")
    desk.exercise(LESSONS[2])
    found, broken = own_layers(LESSONS, desk)
    assert [layer.cls.__name__ for layer in found] == ["Gates"] and broken == [LESSONS[0]]
