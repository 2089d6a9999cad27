"""What the process loads from which workers are forked; nothing else loads it."""

import os

# There is a worker for every processor. In each of them numpy's library for matrices would have a thread for
# every processor, too, which runs idle for some hundredths of a second when it begins.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # noqa: TID251 - numpy reads it as it is loaded, Hegui does not

import hegui.corpus.kernel  # noqa: F401 - see above
