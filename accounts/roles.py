"""A sealed role, against a record that somebody puts into its row: an older one, or one that no change of role made.

Both open: they were sealed for just this place. So the version and a random number stand inside of the role, and the
audit event of each change names the version and a commitment to the whole. Who may seal can seal any role, but one
counts only if the newest event stands for just this one, and the event becomes a leaf of the log.

The projects that a member is limited to stand inside, too: one value opens a request, one commitment stands for all of
it, and there is no row whose loss would widen what somebody may do.
"""

import base64
import hashlib
import secrets
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import Membership, Organization, Role
from accounts.policy import Access
from ledger.actor import Actor
from ledger.models import Action, AuditEvent
from vault.disclosure import disclose
from vault.errors import VaultError
from vault.purposes import Purpose
from vault.suites import associate
from vault.unsealer.scopes import MOST_SUBJECTS

MOST_PROJECTS = 100  # that a member can be limited to; of whom more is wanted works in every one
NO_ROLE = ""  # instead of a commitment: stands for nothing, so that a membership that is put back counts no more
_GIVING = (Action.MEMBER_ADDED, Action.MEMBER_ROLE_CHANGED, Action.MEMBER_REMOVED)
_ROLES = {role.value[0]: role for role in Role}  # by their first letters, as they stand beside a project

# A commitment to the text and not the record's hash: re-keying writes another record of the same plaintext and needs
# no event. Of versions the highest counts, so that an event that somebody inserts beside the log can lock a member out.


@dataclass(slots=True)
class Given:
    """What the events of a member name: the highest version, and the ids of its events by their commitment."""

    version: int = 0
    events: dict[str, UUID] = field(default_factory=dict)

    def add(self, event: UUID, version: int, commitment: str) -> None:
        if version > self.version:
            self.version, self.events = version, {}
        if version == self.version:
            self.events[commitment] = event


def write_access(access: Access, version: int) -> str:
    # The random number keeps the commitment from being guessed: there are few roles.
    words = [str(version), secrets.token_hex(16), access.role.value]
    if access.projects is not None:
        words.append(",".join(_write_project(*each) for each in sorted(access.projects.items())))
    return " ".join(words)


def read_access(text: str) -> tuple[Access, int]:
    """Return what was given and the version; VaultError for what somebody else sealed."""
    try:
        version, _, role, *narrowed = text.split(" ", 3)
        return Access(Role(role), _read_projects(*narrowed) if narrowed else None), int(version)
    except (ValueError, KeyError):
        raise VaultError("unreadable", "What was sealed is no role.") from None


def _write_project(project_id: UUID, role: Role) -> str:
    return base64.urlsafe_b64encode(project_id.bytes).decode().rstrip("=") + role.value[0]


def _read_projects(words: str) -> dict[UUID, Role]:
    return dict(map(_read_project, words.split(","))) if words else {}


def _read_project(word: str) -> tuple[UUID, Role]:
    return UUID(bytes=base64.urlsafe_b64decode(f"{word[:-1]}==")), _ROLES[word[-1:]]


def commit_role(text: str, organization_id: UUID, user_id: UUID) -> str:
    """Return what the audit event of a change says of the role that was sealed."""
    return hashlib.sha256(associate("role", organization_id.bytes, user_id.bytes, text)).hexdigest()


def stands(text: str, membership: Membership, given: Given) -> bool:
    """Tell whether the newest event of this member gave them just this role."""
    commitment = commit_role(text, membership.organization_id, membership.user_id)
    # Both: an event that somebody inserts may repeat the commitment to an older role.
    return text.startswith(f"{given.version} ") and commitment in given.events


def given_role(organization_id: UUID, user_id: UUID) -> Given:
    """Return what the audit events of one member name."""
    return _collect(_events(organization_id).filter(target=str(user_id)))[user_id]


def given_roles(organization_id: UUID, users: Collection[UUID] | None = None) -> Mapping[UUID, Given]:
    """Return what the audit events of each member name, or of each of `users`, in one query."""
    events = _events(organization_id)
    return _collect(events if users is None else events.filter(target__in=[str(user_id) for user_id in users]))


def access_of(actor: Actor, organization: Organization, *, users: Collection[UUID] | None = None) -> dict[UUID, Access]:
    """Return what each member was given, or each of `users`; whom no event made has nothing."""
    rows = Membership.objects.filter(organization=organization)
    memberships = list(rows if users is None else rows.filter(user__in=users))
    return open_access(actor, organization, memberships, are_all=users is None)


def open_access(
    actor: Actor, organization: Organization, memberships: Sequence[Membership], *, are_all: bool = False
) -> dict[UUID, Access]:
    """Return by user what memberships of one organization give, opened in one scope, or in one for each 10,000."""
    if not memberships:
        return {}
    texts = []
    for start in range(0, len(memberships), MOST_SUBJECTS):
        some = memberships[start : start + MOST_SUBJECTS]
        with disclose(
            Purpose.AUTHORIZATION,
            actor=actor,
            tenant=organization.pk,
            fields=[Membership.role],
            subjects=[membership.pk for membership in some],
        ) as scope:
            texts += scope.open_all([membership.role for membership in some])
    given = given_roles(organization.pk, None if are_all else [membership.user_id for membership in memberships])
    return {
        membership.user_id: read_access(text)[0]
        for membership, text in zip(memberships, texts, strict=True)
        if stands(text, membership, given[membership.user_id])
    }


def roles_of(actor: Actor, organization: Organization) -> dict[UUID, Role]:
    """Return the role of each member by user, opened in one scope; whom no event made has none."""
    return {user_id: access.role for user_id, access in access_of(actor, organization).items()}


def _events(organization_id: UUID) -> QuerySet[AuditEvent]:
    return AuditEvent.objects.filter(organization_id=organization_id, action__in=_GIVING)


def _collect(events: QuerySet[AuditEvent]) -> Mapping[UUID, Given]:
    found: defaultdict[UUID, Given] = defaultdict(Given)
    for event, target, payload in events.order_by("pk").values_list("pk", "target", "payload"):
        # Whoever writes to this table may write anything.
        said = payload if isinstance(payload, dict) else {}
        version, commitment = said.get("version"), said.get("commitment")
        if not (isinstance(version, int) and isinstance(commitment, str)):
            continue
        with suppress(ValueError):
            found[UUID(target)].add(event, version, commitment)
    return found
