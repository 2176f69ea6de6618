"""A lesson's terminal: the command line in a folder of its own, its seconds left out, its failures raised."""

import os

import pytest

from minisat.data.toy_world import ToyWorld, write_flickr8k
from minisat.teaching.terminal import Terminal


def test_it_runs_in_its_own_folder_and_prints_what_is_asked_for(capsys):
    """Paths begin in the folder, the working folder stays, and the folder goes with the terminal."""
    terminal, home = Terminal(), os.getcwd()
    folder = terminal.folder
    write_flickr8k(folder / "toy", ToyWorld(0), {"train": 2, "test": 1})
    terminal("data check toy")
    assert capsys.readouterr().out.startswith("$ minisat data check toy\ntoy: Flickr8k text files, 3 photos")
    terminal("features toy --encoder toy_cnn --out store --device cpu", ("store",))
    command, result = capsys.readouterr().out.splitlines()
    assert command == "$ minisat features toy --encoder toy_cnn --out store --device cpu"
    assert result.startswith("store: 3 photos, 64 locations × 66 features (conv4)") and (folder / "store").is_dir()
    terminal("data check toy", ())
    assert capsys.readouterr().out == "$ minisat data check toy\n"
    assert os.getcwd() == home
    del terminal
    assert not folder.exists()


def test_a_command_that_fails_says_why():
    """An exception with the command and what it said; the working folder is the old one."""
    home = os.getcwd()
    with pytest.raises(RuntimeError, match="(?s)minisat data check nowhere\n.*There is no data set nowhere"):
        Terminal()("data check nowhere")
    assert os.getcwd() == home
