"""The backprop stepper: record a training step, check every call in it, keep it in a file, find where it went wrong."""

from minisat.trace.asking import asked, numbers_beside, why_facts, why_lines
from minisat.trace.birth import INPUTS, birthplace, unstable_part
from minisat.trace.diff import compare
from minisat.trace.document import VERSION, describe, read_trace, write_trace
from minisat.trace.global_check import check_global
from minisat.trace.local_check import check_local
from minisat.trace.recording import Call, Trace, trace
from minisat.trace.steps import demo_step, record_step
from minisat.trace.terminal import frame_text, printable, walk
from minisat.trace.verdict import Verdict
from minisat.trace.walking import born, guilty_frames, matching, next_red, red_frames, time_step
from minisat.trace.why import Unreadable

__all__ = ["Call", "INPUTS", "Trace", "Unreadable", "VERSION", "Verdict", "asked", "birthplace", "born", "check_global",
           "check_local", "compare", "demo_step", "describe", "frame_text", "guilty_frames", "matching", "next_red",
           "numbers_beside", "printable", "read_trace", "record_step", "red_frames", "time_step", "trace",
           "unstable_part", "walk", "why_facts", "why_lines", "write_trace"]
