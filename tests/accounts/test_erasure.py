"""Erasing: nothing of that person or organization opens or is found again, and everybody else is as before."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client
from django.utils import timezone

from accounts.actions import (
    LastOwner,
    add_member,
    change_role,
    erase_organization,
    erase_user,
    issue_verification,
    request_verification,
)
from accounts.directory import search
from accounts.models import (
    BrowserSession,
    Directory,
    EmailIndex,
    EmailVerification,
    Membership,
    Organization,
    Role,
    User,
)
from content.models import StoredExchange
from keys.actions import issue_key
from keys.verification import find_caller
from ledger.actor import Actor
from ledger.erasure import receipt
from ledger.errors import LedgerError
from ledger.ids import INSTALLATION, new_id
from ledger.leaves import Header, commit
from ledger.models import Action, AuditEvent, Leaf, LeafBody, LeafType
from notifications import recipients
from notifications.models import OutboxMessage
from tests.conftest import PASSWORD, person
from tests.vault.rotation.support import opened
from vault.errors import VaultError
from vault.models import DataKey
from vault.unsealer import unsealer
from vault.unsealer.messages import Opening

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator()


def code(function: Any, *args: Any) -> str:
    with pytest.raises(VaultError) as caught:
        function(*args)
    return caught.value.code


def events(action: Action) -> int:
    return AuditEvent.objects.filter(action=action).count()


def chain_is_valid(tenant: Any) -> bool:
    """Compute every leaf's hash anew, and the commitment of each body that is still there."""
    previous = bytes(32)
    for leaf in Leaf.objects.filter(tenant=tenant).order_by("sequence"):
        header = Header(leaf.position, leaf.tenant, leaf.sequence, leaf.at, previous, bytes(leaf.commitment))
        previous = header.hash()
        body = LeafBody.objects.filter(pk=leaf.pk).first()
        if previous != bytes(leaf.hash) or (body and commit(bytes(body.salt), body.text) != bytes(leaf.commitment)):
            return False
    return True


def test_nothing_of_an_erased_person_opens_or_is_sealed_again(member: User, owner: User) -> None:
    erase_user(OPERATOR, member)
    gone = User.objects.get(pk=member.pk)
    assert {code(opened, gone, name) for name in ("email", "name")} == {"shredded"}
    assert opened(User.objects.get(pk=owner.pk), "email") == "olivia@example.com"
    gone.name = "Mira again"
    with transaction.atomic():
        assert code(gone.save) == "erased"
        transaction.set_rollback(True)


def test_an_erased_person_is_found_and_signed_in_by_nothing(as_member: Client, member: User, client: Client) -> None:
    issue_verification(member)
    request_verification(member.pk)
    client.post("/sign-up/", {"email": "new@example.com", "password": "a sentence works well"})
    assert BrowserSession.objects.count() == 2
    erase_user(OPERATOR, member)
    assert BrowserSession.objects.count() == 1
    assert authenticate(email="mira@example.com", password=PASSWORD) is None
    assert as_member.get("/")["Location"].startswith("/sign-in/")
    for left in (EmailIndex, EmailVerification, Membership):
        assert not left.objects.filter(user=member).exists()
    assert not OutboxMessage.objects.filter(subject_id=member.pk).exists()
    assert recipients.find([member.pk]) == {}
    assert person("mira@example.com").pk != member.pk


def test_the_only_owner_of_an_organization_is_refused_until_there_is_another(
    organization: Organization, owner: User, member: User
) -> None:
    with pytest.raises(LastOwner, match="only owner of llamas-of-lisbon"):
        erase_user(OPERATOR, owner)
    assert opened(User.objects.get(pk=owner.pk), "email") == "olivia@example.com"
    assert authenticate(email="olivia@example.com", password=PASSWORD) == owner
    add_member(OPERATOR, organization=organization, user=person("ona@example.com"), role=Role.OWNER)
    erase_user(OPERATOR, owner)
    assert code(opened, User.objects.get(pk=owner.pk), "email") == "shredded"


def test_an_owner_by_a_role_that_was_put_back_is_no_other_owner(
    organization: Organization, owner: User, member: User
) -> None:
    membership = Membership.objects.get(user=member)
    change_role(OPERATOR, membership=membership, role=Role.OWNER)
    record = Membership.objects.get(user=member).role.record()
    change_role(OPERATOR, membership=membership, role=Role.VIEWER)
    membership.role._record = record
    membership.save(update_fields=["role"])
    assert opened(Membership.objects.get(user=member), "role").endswith(" owner")
    with pytest.raises(LastOwner):
        erase_user(OPERATOR, owner)


def test_nothing_of_an_erased_organization_opens_and_its_keys_are_refused(
    organization: Organization, outsider: User, owner: User
) -> None:
    now, role = timezone.now(), Membership.objects.get(user=owner)
    places = {"organization_id": organization.pk, "project_id": new_id(), "started_at": now, "expires_at": now}
    kept = StoredExchange.objects.create(request="a prompt", response="an answer", **places)
    _, secret = issue_key(OPERATOR, project=organization.projects.get(), name="server")
    erase_organization(OPERATOR, organization)
    assert find_caller(secret) is None
    assert {code(opened, StoredExchange.objects.get(pk=kept.pk), "request"), code(opened, role, "role")} == {"shredded"}
    assert code(lambda: StoredExchange.objects.create(request="more", response="", **places)) == "erased"
    assert not organization.memberships.exists()
    assert opened(Membership.objects.get(user=outsider), "role").endswith(" owner")
    erase_user(OPERATOR, owner)  # whom no organization needs any more
    assert code(opened, User.objects.get(pk=owner.pk), "name") == "shredded"


def test_doing_it_twice_changes_and_records_nothing_more(organization: Organization, member: User) -> None:
    for _ in range(2):
        erase_user(OPERATOR, member)
        erase_organization(OPERATOR, organization)
        assert (events(Action.ACCOUNT_ERASED), events(Action.ORGANIZATION_ERASED)) == (1, 1)
        assert LeafBody.objects.filter(type=LeafType.DESTRUCTION).count() == 2


def test_a_crash_before_the_keys_are_destroyed_leaves_an_account_that_can_be_erased_again(
    member: User, settings: Any, tmp_path: Path
) -> None:
    settings.UNSEALER_SOCKET = tmp_path / "nobody.sock"
    Membership.objects.filter(user=member).delete()  # else the roles would be asked for first
    unsealer.cache_clear()
    assert code(erase_user, OPERATOR, member) == "unsealer-away"
    settings.UNSEALER_SOCKET = None
    unsealer.cache_clear()
    erase_user(OPERATOR, User.objects.get(pk=member.pk))
    assert code(opened, User.objects.get(pk=member.pk), "email") == "shredded"
    assert events(Action.ACCOUNT_ERASED) == 1


def test_the_receipt_names_the_keys_and_the_leaf(member: User) -> None:
    keys = [bytes(key.key_id).hex() for key in DataKey.objects.filter(tenant=member.pk)]
    with pytest.raises(LedgerError, match="not-erased"):
        receipt(member.pk)
    erase_user(OPERATOR, member)
    said = receipt(member.pk)
    leaf = Leaf.objects.get(tenant=member.pk, position=said["leaf"]["position"])  # type: ignore[index]
    assert (said["keys"], said["planes"]) == (keys, ["customer-data"])
    assert said["leaf"] == {"position": leaf.pk, "sequence": leaf.sequence, "hash": bytes(leaf.hash).hex()}
    assert said == receipt(member.pk)


def test_what_the_leaves_of_an_erased_person_say_is_dropped_and_the_chain_stays_valid(
    member: User, owner: User
) -> None:
    Client().post("/sign-in/", {"email": "mira@example.com", "password": PASSWORD})
    assert code(unsealer().drop_bodies, member.pk) == "not-erased"
    with pytest.raises(VaultError):
        unsealer().begin(_opening(member))
    others = LeafBody.objects.exclude(tenant=member.pk).count()
    before = Leaf.objects.filter(tenant=member.pk).count()
    erase_user(OPERATOR, member)
    assert unsealer().drop_bodies(member.pk) == before
    assert unsealer().drop_bodies(member.pk) == 0
    assert [body.type for body in LeafBody.objects.filter(tenant=member.pk)] == [LeafType.DESTRUCTION]
    assert LeafBody.objects.exclude(tenant=member.pk).count() >= others
    assert chain_is_valid(member.pk)
    assert chain_is_valid(INSTALLATION)


def _opening(user: User) -> Any:
    return Opening("billing", "system:test", user.pk, ["accounts.User.email"], [user.pk])


def test_the_command_writes_the_receipt_and_drops_what_leaves_say(member: User, tmp_path: Path) -> None:
    file = tmp_path / "receipt.json"
    assert f"{member.pk} is erased" in _erase(user=str(member.pk), receipt=str(file), yes=True)
    assert json.loads(file.read_text()) == receipt(member.pk)
    again = tmp_path / "again.json"
    _erase(user=str(member.pk), receipt=str(again), yes=True)
    assert again.read_text() == file.read_text()


def test_the_command_erases_an_organization_once_its_id_was_typed(
    organization: Organization, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = {"organization": organization.slug, "receipt": str(tmp_path / "receipt.json")}
    monkeypatch.setattr("builtins.input", lambda prompt: organization.slug)
    with pytest.raises(CommandError, match="Nothing was erased"):
        _erase(**options)
    assert organization.memberships.exists()
    monkeypatch.setattr("builtins.input", lambda prompt: str(organization.pk))
    assert f"{organization.pk} is erased" in _erase(**options)


def test_the_command_erases_nothing_where_nobody_can_type(
    organization: Organization, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", StringIO())
    with pytest.raises(CommandError, match="Nothing was erased"):
        _erase(organization=organization.slug, receipt=str(tmp_path / "receipt.json"))
    assert organization.memberships.exists()


def test_the_command_refuses_before_it_destroys(organization: Organization, owner: User, tmp_path: Path) -> None:
    there = tmp_path / "there.json"
    there.write_text("{}")
    nowhere = str(tmp_path / "no" / "receipt.json")
    for wrong, problem in (
        ({"organization": "nowhere", "receipt": "receipt.json"}, "nobody of that name"),
        ({"user": str(new_id()), "receipt": "receipt.json"}, "nobody of that name"),
        ({"user": str(owner.pk), "receipt": str(there)}, "overwrites nothing"),
        ({"user": str(owner.pk), "receipt": nowhere}, "no folder"),
        ({"user": str(owner.pk), "receipt": str(tmp_path / "receipt.json")}, "only owner"),
    ):
        with pytest.raises(CommandError, match=problem):
            _erase(yes=True, **wrong)
    assert opened(User.objects.get(pk=owner.pk), "email") == "olivia@example.com"


def _erase(*, yes: bool = False, **options: str) -> str:
    out = StringIO()
    arguments = [f"--{name}={value}" for name, value in options.items()]
    call_command("erase", *arguments, *(["--yes"] if yes else []), stdout=out)
    return out.getvalue()


def test_an_erased_member_is_in_no_directory_any_more(owner: User, organization: Organization, member: User) -> None:
    actor = Actor.user(owner.pk)
    assert search(actor, organization=organization, text="mira")
    erase_user(OPERATOR, member)
    assert search(actor, organization=organization, text="mira") == []
    assert [entry.user_id for entry in search(actor, organization=organization, text="olivia")] == [owner.pk]
    assert LeafBody.objects.filter(tenant=organization.pk, purpose="erasure", type=LeafType.OPENING).count() == 1
    erase_organization(OPERATOR, organization)
    assert not Directory.objects.filter(organization=organization).exists()
