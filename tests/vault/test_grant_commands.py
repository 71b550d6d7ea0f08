"""The commands of a grant: from the approver's key to the opened address, each a thin layer over its verb."""

import json
import stat
from io import StringIO
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from ledger.ids import new_id
from tests.conftest import person
from vault.approver_key import create_key, load_key
from vault.errors import VaultError
from vault.models import Grant

pytestmark = pytest.mark.django_db


def run(*arguments: object) -> str:
    out = StringIO()
    call_command(*map(str, arguments), stdout=out)
    return out.getvalue()


@pytest.fixture
def zoe() -> User:
    return person("zoe@example.com", name="Zoë\x1b[31m")


@pytest.fixture
def key(tmp_path: Path, settings: Any) -> Path:
    """Ana's key file, whose line stands in the file of approvers."""
    settings.APPROVERS_FILE = tmp_path / "approvers.json"
    said = run("approver_init", "--approver", "staff:ana", "--key", tmp_path / "ana.pem")
    assert not settings.APPROVERS_FILE.exists()
    settings.APPROVERS_FILE.write_text("{" + said.splitlines()[-1] + "}")
    assert list(json.loads(settings.APPROVERS_FILE.read_text())) == ["staff:ana"]
    return tmp_path / "ana.pem"


def ask(zoe: User, **changes: str) -> Grant:
    usual = {"purpose": "legal-obligation", "case": "K-7", "tenant": zoe.pk, "subject": zoe.pk}
    usual |= {"requester": "staff:bo", "maximum": 1} | changes
    options = [part for name, value in usual.items() for part in (f"--{name}", value)]
    run("request_grant", *options, "--field", "accounts.User.email", "accounts.User.name")
    return Grant.objects.latest("pk")


def test_a_grant_goes_its_way_at_the_command_line(zoe: User, key: Path) -> None:
    grant = ask(zoe)
    assert "requested" in run("list_grants")
    said = run("approve_grant", grant.pk, "--approver", "staff:ana", "--key", key, "--hours", 1, "--yes")
    assert "case K-7" in said
    assert f"in the installation with the key {run('ledger_key').strip()}" in said
    assert "In force until" in said
    assert "approved by staff:ana until" in run("list_grants")
    opened = run("open_granted", grant.pk)
    assert f"accounts.User.email of {zoe.pk}: zoe@example.com" in opened
    assert "Zoë\\x1b[31m" in opened
    assert "is closed" in run("close_grant", grant.pk, "--actor", "staff:ana")
    assert "closed, opened 1 time" in run("list_grants")
    with pytest.raises(CommandError, match="grant-closed"):
        run("open_granted", grant.pk)


def test_an_approver_sees_the_grant_and_may_say_no(zoe: User, key: Path) -> None:
    grant = ask(zoe)
    sign = ("approve_grant", grant.pk, "--approver", "staff:ana", "--key", key, "--hours", 1)
    with patch("builtins.input", return_value=""), pytest.raises(CommandError, match="Not approved"):
        run(*sign)
    with patch("builtins.input", return_value="y"):
        run(*sign)
    assert Grant.objects.get().signature


def test_where_nobody_can_type_nothing_is_approved(zoe: User, key: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    grant = ask(zoe)
    monkeypatch.setattr("sys.stdin", StringIO())
    with pytest.raises(CommandError, match="Not approved"):
        run("approve_grant", grant.pk, "--approver", "staff:ana", "--key", key, "--hours", 1)
    assert not Grant.objects.get().signature


def test_an_empty_list_of_grants_says_so() -> None:
    assert run("list_grants") == "Nobody has asked for a grant.\n"


@pytest.mark.parametrize(
    ("changes", "says"),
    [({"requester": "Bo"}, "'Bo' is nobody"), ({"requester": "staff:Bo"}, "in lower case"), ({"maximum": "0"}, "once")],
)
def test_a_wrong_request_ends_with_a_sentence(zoe: User, changes: dict[str, str], says: str) -> None:
    with pytest.raises(CommandError, match=says):
        ask(zoe, **changes)


def test_a_grant_that_is_not_there_is_named() -> None:
    with pytest.raises(CommandError, match="There is no grant"):
        run("open_granted", new_id())


def test_an_approver_is_spelled_in_one_way(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="in lower case"):
        run("approver_init", "--approver", "staff:Ana", "--key", tmp_path / "ana.pem")


def test_a_key_is_for_its_owner_alone_and_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "ana.pem"
    create_key(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(VaultError, match="File exists"):
        create_key(path)
    path.chmod(0o640)
    with pytest.raises(VaultError, match="exposed-key"):
        load_key(path, str)


def test_a_key_under_a_passphrase_opens_with_it_alone(tmp_path: Path) -> None:
    path = tmp_path / "ana.pem"
    with patch("vault.management.commands.approver_init.getpass", return_value="a long one"):
        run("approver_init", "--approver", "staff:ana", "--key", path, "--passphrase")
    assert load_key(path, lambda: "a long one")
    with pytest.raises(VaultError, match="unreadable-key"):
        load_key(path, lambda: "another")


def test_what_is_no_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(VaultError, match="No such file"):
        load_key(tmp_path / "missing.pem", str)
    (tmp_path / "other.pem").write_text("hello")
    (tmp_path / "other.pem").chmod(0o600)
    with pytest.raises(VaultError, match="unreadable-key"):
        load_key(tmp_path / "other.pem", str)
