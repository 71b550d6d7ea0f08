"""A pytest plugin for mutation testing: each run has databases of its own, copied from ones that were made before.

Two mutants are tested at once. In the same databases each would fail through the other, and count as killed.
"""

import os
import shutil
import tempfile
from pathlib import Path

from django.db import connections

from vault.places import columns

_PLACE = Path(os.environ["VAR_DIR"])
_folders: list[str] = []


def pytest_sessionstart() -> None:
    _folders.append(tempfile.mkdtemp(dir=_PLACE))
    for connection in connections.all():
        test = connection.settings_dict["TEST"]
        name = Path(test["NAME"]).name
        shutil.copy(_PLACE / "templates" / name, _folders[-1])
        test["NAME"] = os.path.join(_folders[-1], name)
    columns.cache_clear()  # computed before the fork, by code that was not mutated


def pytest_unconfigure() -> None:
    shutil.rmtree(_folders.pop(), ignore_errors=True)
