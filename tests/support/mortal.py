"""Programs that end with who started them, even if that was killed and could clean nothing up.

`python -m tests.support.mortal PARENT PROGRAM …` becomes the program; the kernel kills it when PARENT is gone.
"""

import ctypes
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress

_PR_SET_PDEATHSIG = 1  # of Linux's prctl(2); it stays through exec


def mortal(*command: str) -> Sequence[str]:
    """Return the command that runs a program for as long as this process lives."""
    return sys.executable, "-m", "tests.support.mortal", str(os.getpid()), *command


if __name__ == "__main__":
    with suppress(AttributeError):  # other systems go without
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() == int(sys.argv[1]):  # else it went before this was asked for
        os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606  our own command
