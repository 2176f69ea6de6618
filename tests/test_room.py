"""What fits into memory and disk is said before anything begins, and what cannot fit is refused."""

import pytest

from minisat import room
from minisat.captioner import Recipe, build_captioner
from minisat.errors import UserError
from minisat.training.needs import needs


@pytest.mark.parametrize("count, said", [(0, "0 bytes"), (999, "999 bytes"), (1500, "1.5 kB"), (297e6, "297 MB"),
                                         (4.06e9, "4.1 GB"), (5e15, "5,000.0 TB")])
def test_bytes_in_the_unit_that_suits_them(count, said):
    assert room.readable(count) == said


def test_free_memory_and_disk_are_told_or_unknown(tmp_path, monkeypatch):
    memory, disk = room.free_memory(), room.free_disk(tmp_path / "not" / "there")
    assert (memory is None or memory > 1e6) and disk > 1e6
    room.check_room("It", tmp_path, 1000, 1000)
    with pytest.raises(UserError, match="It needs about .* TB of disk in .*, and .* are free"):
        room.check_room("It", tmp_path, 10**18)
    monkeypatch.setattr(room, "free_memory", lambda: 10**9)
    with pytest.raises(UserError, match="It needs about 2.0 GB of memory, and 1.0 GB are free"):
        room.check_room("It", tmp_path, 0, 2 * 10**9)
    monkeypatch.setattr(room, "free_memory", lambda: None)
    room.check_room("It", tmp_path, 0, 10**18)


@pytest.mark.parametrize("model", ["soft-attention", "show-and-tell", "transformer"])
def test_the_estimate_is_near_the_weights(model):
    """Without batches, in float32, with Adam and an average: five arrays as large as the weights, at the sizes that
    papers use."""
    recipe = Recipe(model=model, batch_size=1, max_words=1)
    weights = sum(p.data.size for p in build_captioner(recipe, 2500, 1280).parameters())
    assert 0.7 < needs(recipe, 2500, 1, 1280).memory / (5 * 4 * weights) < 1.7
    assert 0.95 < needs(recipe, 2500, 1, 1280).disk / (9 * 4 * weights) < 1.1  # last twice, best once
