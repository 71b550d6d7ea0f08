"""Peers of Python, each in a virtual environment of its own under var/bench/: made once, and anew for other pins."""

import subprocess
import sys
from pathlib import Path

from bench.servers.server import ROOT

PEERS = {
    # httptools makes it cheaper, so it has it. With a database it would need a download of its own.
    "litellm": ("litellm[proxy]==1.106.2", "httptools"),
    "drf": (
        "django==5.2.*",
        "djangorestframework==3.18.*",
        "djangorestframework-api-key==3.*",
        "granian[uvloop]==2.*",
        "psycopg[binary]==3.*",
    ),
}


class NoPeer(RuntimeError):
    """A peer cannot be had here; the text says why."""


def folder_of(name: str) -> Path:
    """Return the environment of a peer, installed if it was not; raise NoPeer if that fails."""
    folder = ROOT / "var" / "bench" / name
    installed, wanted = folder / "installed.txt", "\n".join(PEERS[name])
    if not installed.is_file() or installed.read_text() != wanted:
        print(f"Installing {', '.join(PEERS[name])} into {folder} …", file=sys.stderr, flush=True)
        _run(sys.executable, "-m", "venv", "--clear", str(folder))
        _run(str(folder / "bin" / "pip"), "install", "--quiet", *PEERS[name])
        installed.write_text(wanted)
    return folder


def _run(*command: str) -> None:
    made = subprocess.run(command, capture_output=True, text=True)
    if made.returncode:
        raise NoPeer((made.stderr.strip().splitlines() or ["it could not be installed"])[-1])
