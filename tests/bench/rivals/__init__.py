"""The engine against its rivals: ``make bench-rivals``, or ``python -m tests.bench.rivals``."""

import os

# Read once, when a library is loaded, so set before any of them is.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"
