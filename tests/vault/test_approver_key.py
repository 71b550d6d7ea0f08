"""An approver's key file: made once, asked for its passphrase only if it has one, and refused with a code."""

from pathlib import Path

import pytest

from vault.approver_key import create_key, load_key
from vault.errors import VaultError


def nobody_asks() -> str:
    raise AssertionError("asked for a passphrase")


def test_a_key_without_a_passphrase_opens_unasked(tmp_path: Path) -> None:
    create_key(tmp_path / "ana.pem")
    assert load_key(tmp_path / "ana.pem", nobody_asks)


def test_what_else_stands_in_the_file_makes_nobody_ask(tmp_path: Path) -> None:
    path = tmp_path / "ana.pem"
    create_key(path)
    path.write_text(path.read_text() + "The ENCRYPTED copy is in the safe.\nBox 7.\n")
    assert load_key(path, nobody_asks)


def test_a_file_that_cannot_be_made_or_read_has_a_code_for_it(tmp_path: Path) -> None:
    with pytest.raises(VaultError) as refusal:
        create_key(tmp_path / "nowhere" / "ana.pem")
    assert refusal.value.code == "refused"
    with pytest.raises(VaultError) as refusal:
        load_key(tmp_path / "ana.pem", nobody_asks)
    assert refusal.value.code == "unreadable-key"
