"""find_person: operators know people by their address, and commands by their id."""

import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from ledger.models import LeafBody

pytestmark = pytest.mark.django_db


def found(email: str) -> str:
    out = io.StringIO()
    call_command("find_person", email, stdout=out)
    return out.getvalue().strip()


def test_a_person_is_found_by_any_spelling_of_their_address_and_nothing_opens(owner: User) -> None:
    before = LeafBody.objects.count()
    assert found("Olivia@Example.com") == str(owner.pk)
    assert LeafBody.objects.count() == before


def test_the_address_may_come_by_standard_input(owner: User, monkeypatch: Any) -> None:
    monkeypatch.setattr("builtins.input", lambda: "olivia@example.com")
    assert found("-") == str(owner.pk)


def test_nobodys_address_finds_nobody(owner: User) -> None:
    with pytest.raises(CommandError, match="Nobody has this address"):
        found("nobody@example.com")
