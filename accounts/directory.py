"""The sealed directory of an organization: members are entered, forgotten and found by name or address.

Each change and each search opens one value and leaves one leaf with the organization. A name or an address that the
caller does not have at hand is opened as well, with a leaf for that person. Who changes a directory holds the lock on
the organization's row, which is there before the directory is.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from uuid import UUID

from django.db import transaction

from accounts.entries import Contact, Entry, Page, find, has_roles, pack, select, unpack
from accounts.models import Directory, Organization, User
from accounts.roles import roles_of
from ledger.actor import Actor
from vault.disclosure import disclose, open_once
from vault.purposes import Purpose

MOST_FOUND = 50


def enter_member(
    actor: Actor, *, organization: Organization, user: User, contact: Contact | None = None, role: str = ""
) -> None:
    """Enter a member, or replace their entry; `contact` says what is known of them and need not be opened.

    Without a role the one that was noted stays.
    """
    with transaction.atomic():
        if directory := _locked(organization.pk):
            known = contact or contact_of(actor, user)
            _change(actor, directory, lambda entries: _entered(entries, user.pk, known, role))


def note_roles(actor: Actor, *, organization: Organization, roles: Mapping[UUID, str]) -> None:
    """Note the roles of members, to filter by. What a member may do is in their membership alone."""
    with transaction.atomic():
        if directory := _locked(organization.pk):
            _change(actor, directory, lambda entries: _with_roles(entries, roles))


def forget_member(
    actor: Actor, *, organization: Organization, user: User, purpose: Purpose = Purpose.TEAM_ADMINISTRATION
) -> None:
    """Take somebody out of a directory; under the purpose ERASURE when they are erased altogether."""
    with transaction.atomic():
        if directory := _locked(organization.pk):
            _change(actor, directory, lambda entries: _without(entries, user.pk), purpose)


def refresh_member(actor: Actor, *, user: User, contact: Contact | None = None) -> None:
    """Take over a changed name or address in every organization of a person."""
    with transaction.atomic():
        organizations = Organization.objects.visible_to(user).order_by("pk")  # one order, so that no two wait in a ring
        known = contact
        for organization in organizations:
            known = known or contact_of(actor, user)
            enter_member(actor, organization=organization, user=user, contact=known)


def search(actor: Actor, *, organization: Organization, text: str, most: int = MOST_FOUND) -> list[Entry]:
    """Return the members whose name or address contains the text, ordered by name. One leaf a search."""
    packed = _read(actor, organization)
    return find(packed, text, most) if packed else []


def page(
    actor: Actor,
    *,
    organization: Organization,
    text: str = "",
    role: str = "",
    keep: Callable[[bytes], bool] | None = None,
    start: int = 0,
    count: int | None = None,
) -> Page:
    """Return some of the members that fit, ordered by name, and how many do. One leaf, however many there are.

    `keep` is asked with the bytes of an id. The role is as it was noted; what counts stands in the membership.
    """
    packed = _read(actor, organization)
    if role and packed and not has_roles(packed):
        note_roles(actor, organization=organization, roles=_roles(actor, organization))
        packed = _read(actor, organization)
    if not packed:
        return Page([], 0)
    return select(packed, text=text, role=role, keep=keep, start=start, count=count)


def entries_of(actor: Actor, *, organization: Organization, user_ids: Collection[UUID]) -> dict[UUID, Entry]:
    """Return what the directory says of some members; one leaf."""
    found = page(actor, organization=organization, keep={user_id.bytes for user_id in user_ids}.__contains__)
    return {entry.user_id: entry for entry in found.entries}


def rebuild(actor: Actor, *, organization: Organization) -> Directory:
    """Make the directory anew from the members; one leaf a member.

    Opening thousands of people takes a while. It is done before the lock is taken; under it only those are opened
    who came or changed meanwhile.
    """
    known = _Known(actor)
    known.read(organization)
    with transaction.atomic():
        directory = _locked(organization.pk) or Directory(organization_id=organization.pk)
        directory.entries = pack(_with_roles(known.read(organization), _roles(actor, organization)))
        directory.save()
    return directory


class _Known:
    """The entries of people who were opened, as long as their sealed values stay the same."""

    def __init__(self, actor: Actor) -> None:
        self._actor = actor
        self._known: dict[UUID, tuple[User, Entry]] = {}

    def read(self, organization: Organization) -> list[Entry]:
        members = User.objects.filter(memberships__organization=organization).only("name", "email")
        return [self._entry(user) for user in members.iterator()]

    def _entry(self, user: User) -> Entry:
        before, entry = self._known.get(user.pk, (None, None))
        if before is None or entry is None or (before.name, before.email) != (user.name, user.email):
            entry = Entry.of(user.pk, contact_of(self._actor, user))
            self._known[user.pk] = user, entry
        return entry


def _locked(organization_id: UUID) -> Directory | None:
    """Lock an organization for its directory's sake and return that; rows that refer to it can still be added."""
    Organization.objects.select_for_update(no_key=True).get(pk=organization_id)
    return Directory.objects.filter(organization_id=organization_id).first()


def _change(
    actor: Actor,
    directory: Directory,
    change: Callable[[list[Entry]], Iterable[Entry]],
    purpose: Purpose = Purpose.TEAM_ADMINISTRATION,
) -> None:
    packed = _open(actor, directory, purpose)
    directory.entries = pack(change(unpack(packed) if packed else []))
    directory.save(update_fields=["entries"])


def _read(actor: Actor, organization: Organization) -> bytes:
    directory = Directory.objects.filter(organization=organization).first() or rebuild(actor, organization=organization)
    return _open(actor, directory, Purpose.TEAM_ADMINISTRATION)


def _roles(actor: Actor, organization: Organization) -> dict[UUID, str]:
    """Open the roles of all members."""
    return {user_id: role.value for user_id, role in roles_of(actor, organization).items()}


def _open(actor: Actor, directory: Directory, purpose: Purpose) -> bytes:
    """Return the packed entries; nothing, and no leaf, where nobody is in it."""
    if directory.entries is None:
        return b""
    packed: bytes = open_once(purpose, directory.entries, actor=actor)
    return packed


def contact_of(actor: Actor, user: User, purpose: Purpose = Purpose.TEAM_ADMINISTRATION) -> Contact:
    """Open what a directory holds of a person."""
    with disclose(
        purpose,
        actor=actor,
        tenant=user.vault_tenant,
        fields=[User.name, User.email],
        subjects=[user.pk],
    ) as scope:
        values = [value for value in (user.name, user.email) if value is not None]
        *name, email = scope.open_all(values)
    return Contact(name[0] if name else "", email)


def _without(entries: Iterable[Entry], user_id: UUID) -> list[Entry]:
    return [entry for entry in entries if entry.user_id != user_id]


def _entered(entries: Iterable[Entry], user_id: UUID, contact: Contact, role: str) -> list[Entry]:
    known = list(entries)
    noted = role or next((entry.role for entry in known if entry.user_id == user_id), "")
    return [*_without(known, user_id), Entry.of(user_id, contact, noted)]


def _with_roles(entries: Iterable[Entry], roles: Mapping[UUID, str]) -> list[Entry]:
    return [replace(entry, role=roles.get(entry.user_id, entry.role)[:1]) for entry in entries]
