"""How the program ends when the terminal, the disk or the user has had enough: never in a traceback."""

import os
import subprocess
import sys

import pytest

from minisat.cli import doctor, train
from minisat.cli.main import main


def program(*words, **options):
    return subprocess.Popen([sys.executable, "-m", "minisat", *words], stdout=options.pop("stdout", subprocess.PIPE),
                            stderr=subprocess.PIPE, **options)


def ended(process):
    """(exit code, stderr), which has no traceback."""
    _, error = process.communicate(timeout=120)
    error = error.decode("utf-8")
    assert "Traceback" not in error and "Exception ignored" not in error
    return process.returncode, error


def test_a_pipe_that_closes():
    """`minisat --help | head -1`, with the reader gone before the first word."""
    for words in (["--help"], ["lesson", "--help"], ["lesson", "list"]):
        read, write = os.pipe()
        os.close(read)
        process = program(*words, stdout=write)
        os.close(write)
        assert ended(process) == (0, "")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_an_output_that_is_full():
    for words in (["--help"], ["lesson", "list"]):
        with open("/dev/full", "wb") as full:
            code, error = ended(program(*words, stdout=full))
        assert code == 2 and error.endswith("the operating system refuses: No space left on device.\n")
        assert error.count("\n") == 1


@pytest.mark.parametrize("environment", [{"PYTHONIOENCODING": "ascii"},
                                         {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}])
def test_a_terminal_that_knows_ascii_alone(environment):
    """`lesson list` has a dash and a Greek letter; the words are there all the same."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHONIO")} | environment
    process = program("lesson", "list", env=environment)
    out, error = process.communicate(timeout=120)
    assert process.returncode == 0 and not error and out.isascii() and b"How a nudge travels" in out


def test_what_no_encoding_has_is_escaped(monkeypatch, capsys):
    """A file name that is no UTF-8, and in JSON nothing but escapes."""
    def say(arguments):
        print("caf\udce9 … 漢")
    monkeypatch.setattr(doctor, "run", say)
    assert main(["doctor"]) == 0
    assert capsys.readouterr().out == "caf\\udce9 … 漢\n"


@pytest.mark.parametrize("error, said", [
    (OSError(28, "No space left on device"), "the operating system refuses: No space left on device."),
    (PermissionError(13, "Permission denied", "a" * 4000), f"refuses: Permission denied ({'a' * 100}…)."),
    (MemoryError("Unable to allocate 9 TiB for an array"), "there is too little memory: Unable to allocate 9 TiB for "
                                                           "an array."),
    (MemoryError(), "there is too little memory."), (RecursionError(), "nested too deeply.")])
def test_what_nobody_foresaw_is_one_sentence(monkeypatch, capsys, error, said):
    def fail(arguments):
        raise error
    monkeypatch.setattr(doctor, "run", fail)
    assert main(["doctor"]) == 2
    text = capsys.readouterr().err
    assert text.startswith("minisat doctor: ") and text.endswith(said + "\n") and text.count("\n") == 1


def test_a_gpu_without_memory_is_one_sentence_with_the_flag_that_helps(monkeypatch, capsys):
    def fail(arguments):
        raise type("OutOfMemoryError", (MemoryError,), {"__module__": "cupy.cuda.memory"})("no room for 9 bytes")
    monkeypatch.setattr(train, "run", fail)
    assert main(["train", "data", "--run", "run"]) == 2
    assert capsys.readouterr().err == ("minisat train: the GPU has too little memory: no room for 9 bytes; a smaller "
                                       "--batch-size needs less.\n")


def test_a_name_that_is_too_long_is_one_sentence(tiny, capsys):
    """Wherever it is met: as a photo, a run, a data set, a file to write."""
    name = "n" * 5000
    for words in (["caption", tiny.soft, name], ["caption", name, "a.jpg"], ["data", "check", name],
                  ["evaluate", tiny.soft, tiny.data, "--out", name], ["score", name, name]):
        assert main(words) == 2
        error = capsys.readouterr().err
        assert "File name too long" in error and error.count("\n") == 1 and len(error) < 1000


INTERRUPTED = """
import os, signal, sys, threading, time
signal.signal(signal.SIGINT, signal.default_int_handler)
from minisat.cli.main import main

def press(pauses, number):
    for pause in map(float, pauses.split(",")):
        time.sleep(pause)
        os.kill(os.getpid(), getattr(signal, number))
threading.Thread(target=press, args=sys.argv[1:], daemon=True).start()
sys.argv[1:] = ["gradcheck"]
sys.exit(main())
"""


@pytest.mark.parametrize("number", ["SIGINT", "SIGTERM"])
@pytest.mark.parametrize("pauses", ["0.02", "0.1", "0.25", "0.4,0.01", "0.8,0.002,0.002"])
def test_ctrl_c_in_the_first_second_and_twice(number, pauses):
    """While NumPy is imported, and while the program is ending for the first: no traceback, the shell's own code."""
    process = subprocess.Popen([sys.executable, "-c", INTERRUPTED, pauses, number], stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE)
    assert ended(process)[0] == 130
