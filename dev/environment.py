"""The environment of a development run: the var/ folder, its settings file, and what the parts are told.

var/development.env is written once and never again: it holds the secret key that sealed sessions
depend on, and `manage.py` in another shell reads it too. Run as a module it only writes that file.
"""

import fcntl
import os
import secrets
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TextIO

from dev.ports import Ports

# Who signs up in a development run pays in advance, and has something to spend; the caller may say otherwise.
_BILLED = {"BILLING_MODE": "prepaid", "BILLING_WELCOME_CREDIT": "500"}
STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET = "sk_test_simulator", "whsec_simulator"
BASE_DIR = Path(__file__).resolve().parent.parent


def var_dir(environ: Mapping[str, str] = os.environ) -> Path:
    return Path(environ.get("VAR_DIR") or BASE_DIR / "var")


def refuse_production(environ: Mapping[str, str] = os.environ) -> None:
    kind = environ.get("ENVIRONMENT") or "development"
    if kind != "development":
        sys.exit(
            f"ENVIRONMENT is {kind!r}, and this starts a development world: a demo account with a known password "
            "and a mailbox open to everyone. docs/operate.md says how to run in production."
        )


def prepare(folder: Path) -> None:
    """Make the folder private and write development.env if it is missing."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    try:
        handle = os.open(folder / "development.env", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with open(handle, "w", encoding="utf-8") as file:
        file.write(f"ENVIRONMENT=development\nSECRET_KEY={secrets.token_urlsafe(48)}\n")


def lock(folder: Path) -> TextIO:
    """Return a file that stays locked until it is closed: two runs on a folder would share its broker and demo.json."""
    file = open(folder / "run.lock", "w", encoding="utf-8")  # noqa: SIM115  the caller closes it
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.exit(f"Another `make run` uses {folder}. Stop it, or choose another folder: VAR_DIR=… make run")
    return file


def unsealer_socket(environ: Mapping[str, str] = os.environ) -> Path:
    return var_dir(environ).resolve() / "unsealer.sock"


def brings_own_model(environ: Mapping[str, str]) -> bool:
    return bool(environ.get("MODEL_UPSTREAM_URL"))


def brings_own_stripe(environ: Mapping[str, str]) -> bool:
    return bool(environ.get("STRIPE_SECRET_KEY"))


def for_parts(ports: Ports, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return what every part and step is started with: the caller's environment and our world."""
    world = {
        "ENVIRONMENT": "development",
        "DJANGO_SETTINGS_MODULE": "llama_console.settings",
        "PYTHONUNBUFFERED": "1",
        "UNSEALER_SOCKET": str(unsealer_socket(environ)),
        "PORT": str(ports.console),
        "API_PORT": str(ports.gateway),
        "MAILBOX_URL": f"http://localhost:{ports.outside}/mailbox",
        "PHONE_URL": f"http://localhost:{ports.outside}/phone",
        "SMS_PROVIDER": "twilio",
        "TWILIO_URL": f"http://localhost:{ports.outside}",
        "EMAIL_PROVIDER": "smtp",
        "SMTP_URL": f"smtp://127.0.0.1:{ports.smtp}",
    }
    if not brings_own_model(environ):
        world["MODEL_UPSTREAM_URL"] = f"http://localhost:{ports.model}/v1"
    if not brings_own_stripe(environ):
        world["STRIPE_URL"] = f"http://localhost:{ports.stripe}"
        world["STRIPE_SECRET_KEY"] = STRIPE_SECRET_KEY
        world["STRIPE_WEBHOOK_SECRET"] = STRIPE_WEBHOOK_SECRET
    return {**_BILLED, **environ, **world}


if __name__ == "__main__":
    prepare(var_dir())
