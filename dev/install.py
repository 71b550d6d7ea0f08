"""Makes .venv and installs a hash-locked requirements file into it, once.

`python -m dev.install run` (or `test`), with any Python 3.11+ and nothing installed. A stamp in .venv
holds the digest of what was installed, so that a second call reads two files and does nothing else.
"""

import hashlib
import shutil
import subprocess
import sys
import time
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
VENV = BASE_DIR / ".venv"
# requirements/test.txt is compiled on top of run.txt: who has the first has the second.
CONTAINS = {"run": ("run",), "test": ("test", "run")}


def digest(name: str) -> str:
    return hashlib.sha256((BASE_DIR / "requirements" / f"{name}.txt").read_bytes()).hexdigest()


def stamp(name: str) -> Path:
    return VENV / f".installed-{name}"


def is_installed(name: str) -> bool:
    return stamp(name).is_file() and stamp(name).read_text() == digest(name)


def make_venv() -> None:
    if Path(sys.prefix).resolve() == VENV:
        return
    print(f"Creating .venv with Python {sys.version.split()[0]}…", flush=True)
    shutil.rmtree(VENV, ignore_errors=True)
    if subprocess.call([sys.executable, "-m", "venv", str(VENV)]):
        shutil.rmtree(VENV, ignore_errors=True)
        sys.exit("Python could not create a virtual environment; on Debian and Ubuntu: apt install python3-venv.")


def install(name: str) -> None:
    print(f"Installing packages from requirements/{name}.txt (first run only)…", flush=True)
    began = time.monotonic()
    # Quiet twice: warnings about the machine's own pip settings go too, errors stay.
    pip = [str(VENV / "bin" / "python"), "-m", "pip", "install", "-qq", "--no-input", "--disable-pip-version-check"]
    # The lock names every package, so nothing is resolved: with `dep[extra]` of a dependency pip would look past the
    # lock to the newest version, and fail on the day one comes out.
    locked = ["--require-hashes", "--no-deps", "--requirement", str(BASE_DIR / "requirements" / f"{name}.txt")]
    if subprocess.call([*pip, *locked]):
        sys.exit("The packages were not installed; pip says why above. `make` tries again from where it stopped.")
    for part in CONTAINS[name]:
        stamp(part).write_text(digest(part))
    print(f"Installed in {time.monotonic() - began:.0f} s.", flush=True)


def main() -> None:
    if len(sys.argv) != 2 or sys.argv[1] not in CONTAINS:
        sys.exit("usage: python -m dev.install run|test")
    make_venv()
    if not is_installed(sys.argv[1]):
        install(sys.argv[1])


if __name__ == "__main__":
    main()
