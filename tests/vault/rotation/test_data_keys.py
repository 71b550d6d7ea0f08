"""Rotating data keys: everything moves to the new key, nothing is lost, and the old key goes when nobody needs it."""

from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from accounts.actions import create_organization
from accounts.models import Membership, Organization, Role, User
from accounts.roles import read_access
from content.models import StoredExchange
from ledger.ids import new_id
from ledger.models import LeafBody, LeafType
from tests.conftest import person
from tests.vault.rotation.support import (
    OPERATOR,
    an_hour_later,
    key_ids,
    opened,
    roots_away,
    rotate,
    silent,
    versions,
)
from vault.errors import VaultError
from vault.models import DataKey
from vault.planes import Plane
from vault.rotation import data_keys, resealing
from vault.rotation.data_keys import Outcome
from vault.rotation.pairs import find_pairs, without_new_key
from vault.unsealer import unsealer

pytestmark = pytest.mark.django_db


def exchange(organization: Organization, **more: str) -> StoredExchange:
    texts = {"request": "a prompt", "response": "an answer", **more}
    now = timezone.now()
    return StoredExchange.objects.create(
        organization_id=organization.pk, project_id=new_id(), started_at=now, expires_at=now, **texts
    )


def corrupt(user: User) -> None:
    """Change the last byte of an address's record."""
    record = bytearray(User.objects.get(pk=user.pk).email.record())
    record[-1] ^= 1
    with connection.cursor() as cursor:
        pk = user.pk.hex if connection.vendor == "sqlite" else user.pk
        cursor.execute("UPDATE accounts_user SET email = %s WHERE id = %s", [bytes(record), pk])


def test_every_value_moves_to_the_new_keys_and_opens(organization: Organization, member: User) -> None:
    kept, before = exchange(organization), key_ids()
    made = rotate().made
    assert made == DataKey.objects.filter(version=2).count() == len(before)
    assert not before & key_ids()
    assert opened(User.objects.get(pk=member.pk), "email") == "mira@example.com"
    assert {read_access(opened(row, "role"))[0].role for row in Membership.objects.all()} == {Role.OWNER, Role.VIEWER}
    assert opened(StoredExchange.objects.get(pk=kept.pk), "response") == "an answer"


def test_an_old_key_goes_once_nothing_was_under_it_for_the_grace(owner: User) -> None:
    assert rotate() == Outcome(made=1, waiting=1)
    assert rotate() == Outcome(waiting=1)
    assert versions(owner.pk) == [1, 2]
    an_hour_later()
    assert rotate() == Outcome(destroyed=1)
    assert versions(owner.pk) == [2]
    said = [body.text for body in LeafBody.objects.filter(tenant=owner.pk, type=LeafType.ROTATION).order_by("position")]
    assert ["key-made" in said[0], "key-destroyed" in said[1]] == [True, True]


def test_the_grace_is_never_shorter_than_others_remember_the_old_key(owner: User) -> None:
    data_keys.rotate_data_keys(OPERATOR, None, timedelta(), silent)
    assert data_keys.rotate_data_keys(OPERATOR, None, timedelta(), silent) == Outcome(waiting=1)


def test_an_old_record_that_is_saved_back_is_caught_and_the_grace_begins_again(owner: User) -> None:
    held = User.objects.get(pk=owner.pk)
    rotate()
    held.save()
    an_hour_later()
    assert rotate() == Outcome(waiting=1)
    assert rotate() == Outcome(waiting=1)
    an_hour_later()
    assert rotate() == Outcome(destroyed=1)
    assert opened(User.objects.get(pk=owner.pk), "email") == "olivia@example.com"


def test_only_the_named_tenants_are_rotated(owner: User, outsider: User) -> None:
    assert rotate(owner.pk).made == 1
    assert (versions(owner.pk), versions(outsider.pk)) == ([1, 2], [1])


def test_a_run_that_was_killed_while_it_made_keys_makes_the_others_and_none_twice() -> None:
    users = [person(f"user-{n}@example.com") for n in range(4)]
    unsealer().rotate(str(OPERATOR), users[0].pk, Plane.CUSTOMER_DATA)
    late = person("late@example.com")
    assert rotate().made == 3
    assert [versions(user.pk) for user in users] == [[1, 2]] * 4
    assert versions(late.pk) == [1]


def test_a_run_that_was_killed_while_it_destroyed_keys_starts_no_other_rotation(
    organization: Organization, member: User
) -> None:
    exchange(organization)
    rotate()
    while old := [pair for plane in (Plane.CUSTOMER_DATA, Plane.CUSTOMER_CONTENT) for pair in _running(plane)]:
        assert not without_new_key(find_pairs(None))
        unsealer().retire(str(OPERATOR), old[0].tenant, old[0].plane, 1)
    assert len(without_new_key(find_pairs(None))) == len(find_pairs(None)) == 4


def _running(plane: Plane) -> list[data_keys.Pair]:
    return [pair for pair in find_pairs(None, plane) if pair.old]


def test_what_somebody_else_saved_meanwhile_stays(owner: User) -> None:
    (place,) = (each for each in data_keys.sealers(Plane.CUSTOMER_DATA) if each.model is User)
    (row,) = place.rows([owner.pk], [bytes(DataKey.objects.get(tenant=owner.pk).key_id)])
    unsealer().rotate(str(OPERATOR), owner.pk, Plane.CUSTOMER_DATA)
    swaps = _swaps(row, owner.pk)
    owner.name = "Olivia Ozols"
    owner.save(update_fields=["name"])
    assert resealing.swap_all(User, swaps) == 1
    again = User.objects.get(pk=owner.pk)
    assert (opened(again, "email"), opened(again, "name")) == ("olivia@example.com", "Olivia Ozols")


def _swaps(row: User, tenant: UUID) -> list[resealing.Swap]:
    fields = [User._meta.get_field(name) for name in ("email", "name")]
    messages = [getattr(row, field.attname).message() for field in fields]
    records = unsealer().reseal(str(OPERATOR), messages)
    return [
        resealing.Swap(field, tenant, message.data, record)
        for field, message, record in zip(fields, messages, records, strict=True)
    ]


def test_a_record_that_does_not_open_holds_up_nobody_and_keeps_its_key(owner: User, outsider: User) -> None:
    corrupt(owner)
    assert rotate(owner.pk, outsider.pk) == Outcome(made=2, waiting=1, in_use=1)
    an_hour_later()
    assert rotate(owner.pk, outsider.pk) == Outcome(destroyed=1, in_use=1)
    assert (versions(owner.pk), versions(outsider.pk)) == ([1, 2], [2])


def test_somebody_who_is_erased_meanwhile_ends_no_run(owner: User) -> None:
    pairs = find_pairs([owner.pk])
    unsealer().shred(str(OPERATOR), owner.pk)
    outcome = Outcome()
    data_keys._make(OPERATOR, pairs, silent, outcome)
    data_keys._let_go(OPERATOR, Plane.CUSTOMER_DATA, pairs, set(), timedelta(), outcome)
    assert outcome == Outcome()


def test_another_reason_that_no_key_is_made_ends_the_run(owner: User, settings: Any) -> None:
    with roots_away(settings), pytest.raises(VaultError, match="missing-root"):
        rotate(owner.pk)


def test_an_unsealer_that_is_away_ends_the_run_and_skips_nothing(owner: User, settings: Any, tmp_path: Path) -> None:
    unsealer().rotate(str(OPERATOR), owner.pk, Plane.CUSTOMER_DATA)
    settings.UNSEALER_SOCKET = tmp_path / "nobody.sock"
    unsealer.cache_clear()
    with pytest.raises(VaultError, match="unsealer-away"):
        rotate(owner.pk)


def test_long_contents_are_asked_for_in_portions(organization: Organization) -> None:
    rows = [exchange(organization, request="x" * 3_500_000) for _ in range(3)]
    (place,) = data_keys.sealers(Plane.CUSTOMER_CONTENT)
    assert [len(portion) for portion in resealing._portions(place, rows)] == [2, 1]
    assert rotate(organization.pk).made == 2
    assert all(len(opened(row, "request")) == 3_500_000 for row in StoredExchange.objects.all())


def test_the_command_says_what_it_did_and_what_is_left(organization: Organization, owner: User) -> None:
    said = _run(organization=organization.slug)
    assert "accounts.Membership 1/1" in said
    assert "1 new keys. 0 older keys destroyed." in said
    assert "1 older keys wait" in said
    corrupt(owner)
    assert "1 older keys stay" in _run(user=str(owner.pk))
    an_hour_later()
    assert "0 new keys. 1 older keys destroyed." in _run(all=True)


def test_the_command_refuses_an_organization_that_is_not_there(owner: User) -> None:
    create_organization(OPERATOR, name="Here", owner=owner)
    with pytest.raises(CommandError, match="no organization nowhere"):
        _run(organization="nowhere")


def test_the_command_ends_with_a_sentence_when_the_roots_are_away(owner: User, settings: Any) -> None:
    with roots_away(settings), pytest.raises(CommandError, match="does not exist"):
        _run(all=True)


def _run(**options: object) -> str:
    out = StringIO()
    call_command("rotate_keys", stdout=out, stderr=out, **options)
    return out.getvalue()
