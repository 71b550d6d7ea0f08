"""The commands that make and serve keys."""

import base64
import os
import signal
import threading
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests.gateway.fakes import eventually
from tests.vault.unsealer.running import answers, short_folder
from vault.unsealer import unsealer

pytestmark = pytest.mark.django_db


def test_root_keys_are_made_once(settings: Any, tmp_path: Path) -> None:
    settings.ROOT_KEYS_FILE = tmp_path / "roots.json"
    out = StringIO()
    call_command("vault_init", stdout=out)
    assert "Back this file up" in out.getvalue()
    with pytest.raises(CommandError, match="never overwritten"):
        call_command("vault_init")


def test_no_file_is_made_where_the_roots_are_elsewhere(settings: Any) -> None:
    settings.ROOT_KEYS_PROVIDER = "aws"
    with pytest.raises(CommandError, match="nothing to make"):
        call_command("vault_init")


def test_the_key_of_checkpoints_is_printed() -> None:
    out = StringIO()
    call_command("ledger_key", stdout=out)
    assert base64.b64decode(out.getvalue()) == unsealer().public_key()


@pytest.mark.django_db(transaction=True)
def test_the_unsealer_serves_until_it_is_told_to_end(settings: Any) -> None:
    settings.UNSEALER_SOCKET = short_folder() / "unsealer.sock"
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}

    def end() -> None:
        eventually(lambda: answers(settings.UNSEALER_SOCKET))
        os.kill(os.getpid(), signal.SIGTERM)

    ending = threading.Thread(target=end)
    ending.start()
    try:
        call_command("unsealer")
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    ending.join(5)
    assert not settings.UNSEALER_SOCKET.exists()


def test_the_unsealer_says_why_it_cannot_start(settings: Any) -> None:
    settings.UNSEALER_SOCKET = None
    with pytest.raises(CommandError, match="UNSEALER_SOCKET is not set"):
        call_command("unsealer")
    settings.UNSEALER_SOCKET = Path("/nonexistent/unsealer.sock")
    with pytest.raises(CommandError, match="The unsealer cannot start"):
        call_command("unsealer")
