#!/usr/bin/env bash
# What a GPU makes of minisat: tests/gpu/measure.sh OUT [SECTION…]
#
# Needs no network and no installation: a checkout, and a Python ($PYTHON, or python3) with NumPy, Pillow, Matplotlib,
# tqdm, safetensors, pytest and CuPy for CUDA 12 or 13. PyTorch and CUDA's tools are used where they are. Sections, the
# most valuable first; each ends within eight minutes, and one that fails stops none after it:
#   check      doctor, and every test marked gpu
#   duel       a training step: reference, twins, PyTorch eager and compiled; phases, by events
#   training   a real training on features that it makes, beside the CPU's
#   speed      encoders, JPEG decoding, captions
#   sanitizer  compute-sanitizer on the twins' kernels: memcheck, racecheck, initcheck
#   profile    ncu on the hot kernels: time, bytes and their share of the card's peak
# OUT gets measured.json, table.txt and log.txt. MEASURE_SHORT=1 makes everything small, to see that the script works.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
sections=(check duel training speed sanitizer profile)
if [ $# -lt 1 ]; then sed -n '2,15s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2; fi
mkdir -p "$1" || exit 2
out=$(cd "$1" && pwd); shift
[ $# -eq 0 ] || sections=("$@")
export PYTHONPATH="$root:$root/tests:$root/tests/benchmarks${PYTHONPATH:+:$PYTHONPATH}" PYTHONUNBUFFERED=1
python=${PYTHON:-python3}
for section in "${sections[@]}"; do
  if [ ! -f "$here/measure_$section.py" ]; then echo "measure.sh: no section $section" >&2; exit 2; fi
done
for section in "${sections[@]}"; do
  echo "== $section ($SECONDS seconds so far)" | tee -a "$out/log.txt"
  timeout -k 10 "${MEASURE_SECONDS:-480}" "$python" "$here/measure_$section.py" "$out" >>"$out/log.txt" 2>&1
  code=$?
  [ $code -eq 0 ] || "$python" "$here/measured.py" "$out" "$section" "$code"
  "$python" "$here/measured.py" "$out"
done
cat "$out/table.txt"
