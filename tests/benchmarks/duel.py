"""Fair timing: one worker process per candidate, driven in turn, so that the machine's drift hits all alike.

With one thread the figure is the process's CPU time, which a busy neighbour hardly disturbs; with more it is
wall time. A ratio is the median of the ratios round by round.
"""

import multiprocessing
import os
import statistics
import time


def set_threads(count):
    """Tell every BLAS and OpenMP in this process and its children to use `count` threads."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = str(count)


def _peak_mib():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024


def _worker(connection, make, arguments, threads):
    base = _peak_mib()
    step = make(*arguments)
    for _ in range(2):
        step()
    connection.send(None)
    clock = time.process_time if threads == 1 else time.perf_counter
    while connection.recv():
        begin = clock()
        value = step()
        connection.send((clock() - begin, value))
    connection.send(_peak_mib() - base)


def duel(candidates, rounds, threads):
    """{name: (make, arguments)} → {name: (seconds of each round, extra peak MiB, last value)}.

    `make(*arguments)` runs in a process of its own and returns the step to be timed. The first import of a
    library happens inside `make`, so the extra memory includes what the library needs.
    """
    set_threads(threads)
    context = multiprocessing.get_context("spawn")
    workers = {}
    for name, (make, arguments) in candidates.items():
        here, there = context.Pipe()
        context.Process(target=_worker, args=(there, make, arguments, threads), daemon=True).start()
        there.close()  # a worker that dies ends the wait with an EOFError
        here.recv()
        workers[name] = here
    times, values = {name: [] for name in workers}, {}
    for _ in range(rounds):
        for name, pipe in workers.items():
            time.sleep(0.05)  # the last worker's idle threads go to sleep
            pipe.send(True)
            seconds, values[name] = pipe.recv()
            times[name].append(seconds)
    memory = {}
    for name, pipe in workers.items():
        pipe.send(False)
        memory[name] = pipe.recv()
    return {name: (times[name], memory[name], values[name]) for name in workers}


def print_table(title, results, base, threads):
    """One row per candidate; the ratio is to `base`."""
    clock = "CPU" if threads == 1 else "wall"
    print(f"\n{title}, {threads} thread{'s' * (threads > 1)}, {clock} time")
    print(f"{'candidate':<28}{'median ms':>10}{'min ms':>9}{'x ' + base:>24}{'extra MiB':>11}")
    for name, (times, memory, _) in results.items():
        ratios = sorted(a / b for a, b in zip(times, results[base][0]))
        low, high = ratios[len(ratios) // 4], ratios[(3 * len(ratios)) // 4]
        print(f"{name:<28}{statistics.median(times) * 1e3:>10.1f}{min(times) * 1e3:>9.1f}"
              f"{statistics.median(ratios):>12.3f} ({low:.2f}-{high:.2f}){memory:>11.0f}", flush=True)
