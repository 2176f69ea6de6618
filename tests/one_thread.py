"""One BLAS thread for the tests, unless the environment says otherwise; imported before NumPy.

Their products are small: two threads mostly wait for each other, and on a busy machine for minutes.
"""

import os

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")
