"""What `features` and `train` need is said before they begin, and what cannot fit is refused."""

from small_trainings import SMALL, fails, train

from minisat import room
from minisat.cli.main import main


def test_a_training_that_cannot_fit_is_refused_before_it_begins(squares, store, tmp_path, capsys):
    run = tmp_path / "run"
    error = fails(capsys, squares, "--features", store, "--run", run, "--hidden-size", 100_000, "--min-count", 1,
                  "--device", "cpu")
    assert "This training needs about" in error and "are free" in error and not run.exists()


def test_features_and_train_say_what_they_need(squares, store, tmp_path, capsys, monkeypatch):
    flags = [f"--{name.replace('_', '-')}={value}" for name, value in SMALL.items()]
    assert train(squares, "--features", store, "--run", tmp_path / "run", "--device", "cpu", *flags, "--epochs", 1) == 0
    assert "It needs about" in (said := capsys.readouterr().out) and "kB of disk" in said
    words = ["features", str(squares), "--encoder", "toy_cnn", "--out", str(tmp_path / "store")]
    assert main(words) == 0 and "24 photos to do, " in capsys.readouterr().err
    monkeypatch.setattr(room, "free_disk", lambda folder: 1000)
    assert main([*words[:-1], str(tmp_path / "full")]) == 2
    assert "The store needs about" in (error := capsys.readouterr().err) and "1.0 kB are free" in error
    assert not (tmp_path / "full").exists()
