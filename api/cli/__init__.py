"""The command `foretell`."""

import os

# read by numpy and torch when they load; a second thread only waits on a machine of two cores
os.environ.setdefault("OMP_NUM_THREADS", "1")
