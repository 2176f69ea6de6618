"""One writer a folder, and none when it was killed."""

import multiprocessing
import os
import signal
import subprocess
import sys

import pytest

from minisat.errors import UserError
from minisat.locks import locked

HOLDER = """
import sys, time
from minisat.locks import locked
with locked(sys.argv[1]):
    print("held", flush=True)
    time.sleep(60)
"""


def held_elsewhere(folder):
    """A process that holds the folder."""
    process = subprocess.Popen([sys.executable, "-c", HOLDER, str(folder)], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "held\n"
    return process


def test_a_second_holder_is_refused_in_one_sentence(tmp_path):
    """In this process and from another; afterwards the folder is free and empty."""
    with locked(tmp_path):
        with pytest.raises(UserError, match="Another process is writing into .*: wait until it is done"):
            with locked(tmp_path):
                pass
    with locked(tmp_path):
        pass
    assert not list(tmp_path.iterdir())


def test_the_lock_of_a_killed_process_holds_nobody_up(tmp_path):
    process = held_elsewhere(tmp_path)
    with pytest.raises(UserError), locked(tmp_path):
        pass
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert (tmp_path / ".lock").exists()
    with locked(tmp_path):
        pass
    assert not list(tmp_path.iterdir())


def count_up(folder, times):
    """Add 1 to the number in a file, `times` times, each under the lock."""
    done = 0
    while done < times:
        try:
            with locked(folder):
                file = folder / "number"
                value = int(file.read_text())
                file.write_text(str(value + 1))
                done += 1
        except UserError:
            continue


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_no_two_hold_it_at_once(tmp_path):
    """Processes that take and remove the lock file in turns lose no count: a removed file is nobody's lock."""
    (tmp_path / "number").write_text("0")
    processes = [multiprocessing.get_context("fork").Process(target=count_up, args=(tmp_path, 300)) for _ in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert int((tmp_path / "number").read_text()) == 900


def test_a_folder_that_is_gone_is_one_sentence(tmp_path):
    with pytest.raises(UserError, match="Cannot write"):
        with locked(tmp_path / "gone"):
            pass
    with locked(tmp_path):
        (tmp_path / ".lock").unlink()
