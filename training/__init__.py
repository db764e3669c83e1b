"""Training of the shipped models, from public data, in the open.

A model's bytes are the same on every x86-64 processor with AVX2: libraries that would choose their
arithmetic by processor or by its number of cores are told here, before they are imported, to use the
same everywhere. (Sums in another order differ in their last bits, and training magnifies that.)
"""

import os

os.environ |= {
    "OPENBLAS_CORETYPE": "Haswell",
    "OPENBLAS_NUM_THREADS": "1",
    "NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR",
    "NUMBA_CPU_NAME": "haswell",
    "NUMBA_CPU_FEATURES": "",
    "POLARS_MAX_THREADS": "1",
}
