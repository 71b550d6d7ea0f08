"""Rotating the blind index: whoever has an account is found throughout, and nobody gets a second one."""

from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts import index_rotation as steps
from accounts.actions import erase_user, sign_up
from accounts.models import EmailIndex, User
from ledger.ids import INSTALLATION
from tests.conftest import PASSWORD, person
from tests.vault.rotation.support import OPERATOR, index_versions, roots_away, silent
from tests.vault.rotation.test_data_keys import corrupt
from vault.errors import VaultError
from vault.models import DataKey
from vault.planes import Plane
from vault.rotation.settling import settle
from vault.unsealer import unsealer

pytestmark = pytest.mark.django_db


def everybody_signs_in_and_up(number: int) -> None:
    """Sign in who has an account, sign up who has none, and again with addresses that have one."""
    people = User.objects.count()
    for name in ("olivia", "mira", *(f"new-{n}" for n in range(number))):
        assert authenticate(email=f"{name}@example.com", password=PASSWORD), name
        sign_up(email=f"{name.upper()}@example.com", password="another sentence")
    assert authenticate(email="nobody@example.com", password=PASSWORD) is None
    assert User.objects.count() == people
    person(f"new-{number}@example.com")


def test_people_sign_in_and_up_between_any_two_steps() -> None:
    for name in ("olivia", "mira"):
        person(f"{name}@example.com")
    rotation = [
        lambda: steps.make_version(OPERATOR),
        lambda: steps.index_everybody(OPERATOR, silent),
        lambda: steps.retire_versions(OPERATOR),
        lambda: steps.index_everybody(OPERATOR, silent),
        steps.drop_indexes,
    ]
    for number, step in enumerate(rotation):
        everybody_signs_in_and_up(number)
        step()
        step()  # every one may be repeated, as after a crash
    everybody_signs_in_and_up(len(rotation))
    assert index_versions() == {2}
    assert EmailIndex.objects.count() == User.objects.count()
    assert list(DataKey.objects.filter(tenant=INSTALLATION).values_list("version", flat=True)) == [2]


def test_a_rotation_that_is_under_way_makes_no_other_key(owner: User) -> None:
    steps.make_version(OPERATOR)
    steps.make_version(OPERATOR)
    steps.index_everybody(OPERATOR, silent)
    steps.retire_versions(OPERATOR)
    steps.make_version(OPERATOR)
    assert DataKey.objects.get(tenant=INSTALLATION).version == 2


def test_who_was_erased_gets_no_index_again(owner: User, outsider: User) -> None:
    steps.make_version(OPERATOR)
    indexes = steps._indexes(OPERATOR, [owner])
    erase_user(OPERATOR, owner)
    steps._write(indexes, 2)
    steps.index_everybody(OPERATOR, silent)
    assert not owner.email_indexes.exists()
    assert outsider.email_indexes.count() == 2


def test_an_address_that_does_not_open_holds_up_nobody_else_and_keeps_the_older_key(
    owner: User, outsider: User
) -> None:
    corrupt(owner)
    steps.make_version(OPERATOR)
    with pytest.raises(VaultError, match="1 addresses do not open"):
        steps.index_everybody(OPERATOR, silent)
    assert outsider.email_indexes.count() == 2
    assert User.objects.find_by_email("olivia@example.com") == owner


def test_an_unsealer_that_is_away_ends_the_run(owner: User, settings: Any, tmp_path: Path) -> None:
    steps.make_version(OPERATOR)
    settings.UNSEALER_SOCKET = tmp_path / "nobody.sock"
    unsealer.cache_clear()
    with pytest.raises(VaultError, match="unsealer-away"):
        steps.index_everybody(OPERATOR, silent)


def test_nobody_is_waited_for_longer_than_a_key_is_remembered() -> None:
    settle(timezone.now() - timedelta(hours=1))
    assert unsealer().rotate(str(OPERATOR), INSTALLATION, Plane.INDEX) == 2


def test_the_command_rotates_and_says_so(owner: User) -> None:
    steps.make_version(OPERATOR)
    DataKey.objects.update(created_at=timezone.now() - timedelta(hours=1))
    out = StringIO()
    call_command("rotate_index", stdout=out)
    assert out.getvalue().splitlines() == [
        "accounts.EmailIndex 1/1",
        "Every address is found by version 2 of the index; older ones are gone.",
    ]
    assert User.objects.find_by_email("olivia@example.com") == owner


def test_the_command_ends_with_a_sentence_when_the_roots_are_away(owner: User, settings: Any) -> None:
    with roots_away(settings), pytest.raises(CommandError, match="does not exist"):
        call_command("rotate_index")
