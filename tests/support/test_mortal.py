"""What a test started does not outlive a test run that was killed."""

import subprocess
import sys

import pytest
from django.conf import settings

from tests.gateway.fakes import eventually
from tests.support.mortal import mortal

_PARENT = """
import subprocess, sys, time
from tests.support.mortal import mortal
child = subprocess.Popen(mortal(sys.executable, "-c", "import time; print('here', flush=True); time.sleep(60)"))
print(child.pid, flush=True)
time.sleep(60)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has prctl")
def test_a_program_ends_with_who_started_it() -> None:
    parent = subprocess.Popen((sys.executable, "-c", _PARENT), stdout=subprocess.PIPE, text=True, cwd=settings.BASE_DIR)
    assert parent.stdout
    with parent, parent.stdout:
        child = int(parent.stdout.readline())
        assert parent.stdout.readline() == "here\n"
        parent.kill()
        eventually(lambda: not _lives(child))


def test_a_program_whose_starter_is_gone_does_not_begin() -> None:
    *command, _, program, option, text = mortal(sys.executable, "-c", "print('here')")
    done = subprocess.run(
        [*command, "1", program, option, text], capture_output=True, cwd=settings.BASE_DIR, check=True
    )
    assert done.stdout == b""


def _lives(process: int) -> bool:
    """Tell whether a process runs: one that nobody waited for is a zombie, and does not."""
    try:
        with open(f"/proc/{process}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
