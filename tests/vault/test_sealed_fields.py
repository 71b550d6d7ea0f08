"""Sealed fields: rows can be written, moved and listed without opening, and nothing opens by accident."""

import copy
import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core import serializers
from django.core.management import call_command
from django.db import connection, connections
from django.db.models import F, Value

from accounts.models import Organization, User
from accounts.models.membership import Membership
from ledger.actor import Actor
from ledger.ids import new_id
from ledger.models import Leaf, LeafBody, LeafType
from tests.conftest import person
from vault.disclosure import disclose
from vault.errors import VaultError
from vault.models import DataKey
from vault.planes import Plane
from vault.purposes import Purpose, fields_by_purpose
from vault.roots import add_roots, create_file, roots
from vault.unsealer import Unsealer, unsealer

pytestmark = pytest.mark.django_db


def opened(user: User, field: str = "email") -> object:
    descriptor = getattr(User, field)
    with disclose(
        Purpose.OWN_ACCOUNT, actor=Actor.user(user.pk), tenant=user.pk, fields=[descriptor], subjects=[user.pk]
    ) as scope:
        return scope.open(getattr(user, field))


def stored(user: User, column: str = "email") -> bytes:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM accounts_user WHERE id = %s", [_id(user)])
        return bytes(cursor.fetchone()[0])


def _id(user: User) -> object:
    return user.pk.hex if connection.vendor == "sqlite" else user.pk


def test_a_saved_value_shows_nothing_and_opens_in_a_scope() -> None:
    user = User.objects.get(pk=person("zoe@example.com", name="Zoë").pk)
    assert f"{user.email} {user.email!r} {user.email!s:>3}" == "<Sealed> <Sealed> <Sealed>"
    assert b"zoe" not in stored(user)
    assert (opened(user), opened(user, "name")) == ("zoe@example.com", "Zoë")


def test_plaintext_is_let_go_once_the_row_is_saved() -> None:
    user = person("zoe@example.com")
    assert user.email.fresh_plaintext() is None


def test_saving_an_unopened_row_keeps_the_same_record() -> None:
    user = User.objects.get(pk=person("zoe@example.com").pk)
    before = stored(user)
    user.is_active = False
    user.save()
    assert stored(user) == before


def test_update_fields_bulk_create_bulk_update_defer_and_values_work() -> None:
    user = person("zoe@example.com")
    user.name = "Zoë Zebra"
    user.save(update_fields=["name"])
    again = User.objects.defer("name").get(pk=user.pk)
    assert opened(again, "name") == "Zoë Zebra"
    twin = User(email="twin@example.com")
    User.objects.bulk_create([twin])
    twin.name = "Twin"
    User.objects.bulk_update([twin], ["name"])
    assert opened(User.objects.get(pk=twin.pk), "name") == "Twin"
    assert str(User.objects.filter(pk=twin.pk).values_list("name", flat=True).get()) == "<Sealed>"


def test_a_dump_holds_ciphertext() -> None:
    user = person("zoe@example.com", name="Zoë")
    dump = serializers.serialize("json", [user])
    assert "zoe" not in dump
    assert "Zoë" not in dump
    loaded = next(iter(serializers.deserialize("json", dump))).object
    assert opened(loaded) == "zoe@example.com"


def test_dumpdata_and_loaddata_carry_the_same_ciphertext(tmp_path: Path) -> None:
    user = person("zoe@example.com", name="Zoë")
    before, file = stored(user), tmp_path / "users.json"
    call_command("dumpdata", "accounts.User", output=str(file), verbosity=0)
    assert "Zoë" not in file.read_text()
    User.objects.all().delete()
    call_command("loaddata", str(file), verbosity=0)
    assert stored(user) == before
    assert opened(User.objects.get(pk=user.pk), "name") == "Zoë"


def test_updates_that_bypass_the_row_are_refused() -> None:
    person("zoe@example.com")
    for value in ("plain", F("password"), Value("plain")):
        with pytest.raises((VaultError, TypeError)):
            User.objects.update(name=value)


def test_a_value_of_another_row_is_refused() -> None:
    one, other = person("one@example.com"), person("two@example.com")
    with pytest.raises(VaultError, match="refused"):
        other.email = one.email


def test_ciphertext_moved_to_another_row_or_column_does_not_open() -> None:
    one, other = person("one@example.com", name="One"), person("two@example.com", name="Two")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_user SET name = %s WHERE id = %s", [stored(one, "name"), _id(other)])
        cursor.execute("UPDATE accounts_user SET name = %s WHERE id = %s", [stored(one, "email"), _id(one)])
    with pytest.raises(VaultError):
        opened(User.objects.get(pk=other.pk), "name")
    with pytest.raises(VaultError):
        opened(User.objects.get(pk=one.pk), "name")


def test_sealed_values_do_not_pickle_and_cannot_be_searched() -> None:
    user = person("zoe@example.com")
    with pytest.raises(VaultError):
        pickle.dumps(user.email)
    with pytest.raises(Exception, match=r"(?i)lookup"):
        User.objects.filter(email="zoe@example.com").exists()


def test_without_its_data_key_a_value_is_gone() -> None:
    user = person("zoe@example.com")
    DataKey.objects.filter(tenant=user.pk, plane=Plane.CUSTOMER_DATA).delete()
    unsealer.cache_clear()
    with pytest.raises(VaultError, match="shredded"):
        opened(User.objects.get(pk=user.pk))


def test_a_scope_opens_its_own_fields_rows_and_tenant_only(owner: User, organization: Organization) -> None:
    other = person("zoe@example.com")
    with disclose(
        Purpose.OWN_ACCOUNT, actor=Actor.user(owner.pk), tenant=owner.pk, fields=[User.email], subjects=[owner.pk]
    ) as scope:
        for value in (owner.name, other.email, organization.memberships.get().role):
            with pytest.raises(VaultError, match="outside-scope"):
                scope.open(value)
    with pytest.raises(VaultError, match="scope-closed"):
        scope.open(owner.email)


@pytest.mark.parametrize(
    ("purpose", "actor", "field"),
    [
        (Purpose.EMAIL_NOTIFICATION, Actor.system("notifications"), "name"),
        (Purpose.EMAIL_NOTIFICATION, Actor.system("gateway"), "email"),
        (Purpose.SMS, Actor.system("notifications"), "email"),
        (Purpose.AUTHORIZATION, Actor.operator(), "email"),
        (Purpose.OWN_ACCOUNT, Actor.user(new_id()), "email"),
        (Purpose.SUPPORT_REQUEST, Actor.staff("ana"), "email"),
        (Purpose.REKEYING, Actor.operator(), "email"),
        (Purpose.BILLING, Actor.operator(), "email"),
    ],
)
def test_a_purpose_opens_only_what_and_for_whom_the_table_says(
    owner: User, purpose: Purpose, actor: Actor, field: str
) -> None:
    with (
        pytest.raises(VaultError, match=r"refused|grant-needed"),
        disclose(purpose, actor=actor, tenant=owner.pk, fields=[getattr(User, field)], subjects=[owner.pk]),
    ):
        pass
    refusal = LeafBody.objects.get(tenant=owner.pk)
    assert (refusal.type, refusal.purpose) == (LeafType.REFUSAL, purpose)


def test_every_opening_has_its_leaf_first(owner: User) -> None:
    with disclose(
        Purpose.OWN_ACCOUNT, actor=Actor.user(owner.pk), tenant=owner.pk, fields=[User.email], subjects=[owner.pk]
    ):
        assert Leaf.objects.get(tenant=owner.pk).sequence == 1
        assert LeafBody.objects.get(tenant=owner.pk).purpose == "own-account"


def test_nothing_opens_when_the_leaf_cannot_be_written(owner: User) -> None:
    with connections["vault"].cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_leafbody RENAME TO away")
    with pytest.raises(VaultError, match="not-recorded") as failure:
        opened(owner)
    assert not failure.value.permanent


def test_a_role_is_sealed_under_the_organizations_key(organization: Organization) -> None:
    membership = Membership.objects.get(organization=organization)
    assert str(membership.role) == "<Sealed>"


def test_plaintext_that_is_not_saved_yet_opens_in_a_scope_that_covers_it(owner: User, outsider: User) -> None:
    with disclose(
        Purpose.OWN_ACCOUNT, actor=Actor.user(owner.pk), tenant=owner.pk, fields=[User.email], subjects=[owner.pk]
    ) as scope:
        owner.email, owner.name, outsider.email = "new@example.com", "New", "other@example.com"
        assert scope.open(owner.email) == "new@example.com"
        for value in (owner.name, outsider.email):
            with pytest.raises(VaultError, match="outside-scope"):
                scope.open(value)
    with pytest.raises(VaultError, match="outside-scope"):
        scope.open(owner.email)


def test_what_is_saved_and_what_is_not_yet_open_together_in_the_order_they_are_asked_for(owner: User) -> None:
    owner = User.objects.get(pk=owner.pk)
    fields = [User.email, User.name, User.location]
    with disclose(
        Purpose.OWN_ACCOUNT, actor=Actor.user(owner.pk), tenant=owner.pk, fields=fields, subjects=[owner.pk]
    ) as scope:
        owner.location = "Lisbon"
        values = [owner.location, owner.email, owner.name]
        assert scope.open_all(values) == ["Lisbon", "olivia@example.com", "Olivia Owner"]
        assert scope.open_all(values[::-1]) == ["Olivia Owner", "olivia@example.com", "Lisbon"]
        assert scope.open_all(values[:1]) == ["Lisbon"]
        assert scope.open_all([]) == []


def test_a_copied_row_keeps_its_values_and_a_row_with_another_id_does_not_get_them(owner: User) -> None:
    twin = copy.deepcopy(User.objects.get(pk=owner.pk))
    twin.is_active = False
    twin.save()
    assert opened(User.objects.get(pk=owner.pk)) == "olivia@example.com"
    assert copy.copy(owner.email) == owner.email
    assert len({owner.email.message().__repr__(), owner.name.message().__repr__()}) == 2
    assert "olivia" not in repr(owner.email.message())
    other = copy.copy(User.objects.get(pk=owner.pk))
    other.pk = new_id()
    with pytest.raises(VaultError, match="another row"):
        other.save(force_insert=True)


def test_the_table_of_purposes_can_be_published() -> None:
    assert fields_by_purpose()["sms"] == ["accounts.SparePhone.phone", "accounts.User.phone"]
    assert fields_by_purpose()["billing"] == []


def test_data_keys_are_wrapped_anew_under_a_newer_root(settings: Any, tmp_path: Path) -> None:
    settings.ROOT_KEYS_FILE = tmp_path / "roots.json"
    create_file(settings.ROOT_KEYS_FILE)
    roots.cache_clear()
    unsealer.cache_clear()
    user = person("zoe@example.com")
    DataKey.objects.exclude(tenant=user.pk).delete()
    add_roots(settings.ROOT_KEYS_FILE)
    assert unsealer().rewrap(1) == 0
    unsealer.cache_clear()
    assert opened(User.objects.get(pk=user.pk)) == "zoe@example.com"
    roots.cache_clear()


def test_the_log_is_signed_on_request(owner: User) -> None:
    opened(owner)
    assert unsealer().sign_checkpoint() <= unsealer().sign_checkpoint()


def test_what_is_away_is_not_recorded_as_refused(owner: User) -> None:
    with disclose(
        Purpose.OWN_ACCOUNT, actor=Actor.user(owner.pk), tenant=owner.pk, fields=[User.email], subjects=[owner.pk]
    ) as scope:
        unsealer()._transport._keyring.forget()  # type: ignore[attr-defined]
        with provider_is_away(unsealer()), pytest.raises(VaultError, match="away"):
            scope.open(User.objects.get(pk=owner.pk).email)
    assert not LeafBody.objects.filter(tenant=owner.pk, type=LeafType.REFUSAL).exists()


@contextmanager
def provider_is_away(house: Unsealer) -> Iterator[None]:
    class Away:
        def __getattr__(self, name: str) -> Any:
            raise VaultError("root-provider-away", "The provider does not answer.", permanent=False)

    keyring = house._transport._keyring  # type: ignore[attr-defined]
    keyring._roots, kept = Away(), keyring._roots
    yield
    keyring._roots = kept
