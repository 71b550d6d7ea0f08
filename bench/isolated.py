"""The project's Django in this process, over a folder of its own: new roots, new SQLite files, no server."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

_DATABASES = (
    "DATABASE_URL",
    "CONTENT_DATABASE_URL",
    "VAULT_DATABASE_URL",
    "ROOT_KEYS_FILE",
    "SEALING_SUITE",
    "UNSEALER_SOCKET",
)


@contextmanager
def isolated() -> Iterator[Path]:
    """Yield the folder; `default` and `vault` are migrated in it. `default` may be an empty BENCH_DATABASE_URL."""
    with tempfile.TemporaryDirectory(prefix="llama-console-bench-") as var, patch.dict(os.environ):
        for name in _DATABASES:
            os.environ.pop(name, None)
        os.environ |= {"VAR_DIR": var, "ENVIRONMENT": "development", "SECRET_KEY": "a key for benchmarks alone"}
        if database := os.environ.get("BENCH_DATABASE_URL"):
            os.environ["DATABASE_URL"] = database
        os.environ["DJANGO_SETTINGS_MODULE"] = "llama_console.settings"
        _set_up(Path(var))
        yield Path(var)


def _set_up(var: Path) -> None:
    import django

    django.setup()
    from django.conf import settings

    if var != settings.VAR_DIR:
        raise RuntimeError("Django is set up already: run this benchmark in a process of its own.")
    from django.core.management import call_command

    from vault.roots import create_file

    create_file(settings.ROOT_KEYS_FILE)
    for database in ("default", "vault"):
        call_command("migrate", database=database, verbosity=0)
