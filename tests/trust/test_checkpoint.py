"""The newest signed checkpoint on the data-access page."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from ledger.models import Checkpoint
from tests.trust.conftest import HOSTILE, URL, Record

pytestmark = pytest.mark.django_db


def page(client: Client) -> str:
    return client.get(URL).content.decode()


def test_it_says_when_nothing_is_signed_yet(as_owner: Client) -> None:
    shown = page(as_owner)
    assert "No checkpoint yet" in shown
    assert "Download proof bundle" not in shown


def test_a_checkpoint_is_shown_with_its_root_and_what_it_covers(as_owner: Client, record: Record) -> None:
    record(4)
    _sign(timedelta(seconds=30), size=3)
    shown = page(as_owner)
    assert "Signed checkpoint" in shown
    assert bytes(range(32)).hex() in shown
    assert "your entries up to 3" in shown
    assert "Download proof bundle" in shown


def test_an_old_checkpoint_is_called_overdue(as_owner: Client, record: Record) -> None:
    record()
    _sign(timedelta(minutes=2))
    assert "Checkpoint overdue" not in page(as_owner)
    _sign(timedelta(minutes=4))
    assert "Checkpoint overdue" in page(as_owner)


@pytest.mark.parametrize("note", ["", "a\nb\n%%%\n", "x\n\n—\n", HOSTILE])
def test_a_note_that_cannot_be_read_costs_its_root_alone(as_owner: Client, note: str) -> None:
    Checkpoint.objects.create(size=1, time=0, text=note)
    assert "Root hash" not in page(as_owner)


def _sign(age: timedelta, size: int = 1) -> None:
    root = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
    at = int((datetime.now(UTC) - age).timestamp())
    note = f"console.test/ledger\n{size}\n{root}\nmap {root}\ntime {at}\n\n— console.test/ledger AAAA\n"
    Checkpoint.objects.create(size=size, time=at, text=note)
