"""A sealed role, against a record that somebody puts into its row: an older one, or one that no change of role made.

Both open: they were sealed for just this place. So the version and a random number stand inside of the role, and the
audit event of each change names the version and a commitment to the whole. Who may seal can seal any role, but a
role that may do much counts only if the newest event stands for just this one, and the event becomes a leaf of the log.
"""

import hashlib
import secrets
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import Membership, Organization, Role
from ledger.actor import Actor
from ledger.models import Action, AuditEvent
from vault.disclosure import disclose
from vault.errors import VaultError
from vault.purposes import Purpose
from vault.suites import associate

PRIVILEGED = frozenset({Role.OWNER, Role.ADMIN})
_GIVING = (Action.MEMBER_ADDED, Action.MEMBER_ROLE_CHANGED)

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


def write_role(role: Role, version: int) -> str:
    # The random number keeps the commitment from being guessed: there are few roles.
    return f"{version} {secrets.token_hex(16)} {role.value}"


def read_role(text: str) -> tuple[Role, int]:
    """Return role and version; VaultError for what somebody else sealed."""
    version, _, role = text.partition(" ")
    try:
        return Role(role.rpartition(" ")[2]), int(version)
    except ValueError:
        raise VaultError("unreadable", "What was sealed is no role.") from None


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


def given_roles(organization_id: UUID) -> Mapping[UUID, Given]:
    """Return what the audit events of each member name, in one query; of who has none, that there is nothing."""
    return _collect(_events(organization_id))


def roles_of(actor: Actor, organization: Organization, among: Sequence[Membership] | None = None) -> dict[UUID, Role]:
    """Return the role of each member by user, opened in one scope; an owner or admin whom no event made has none.

    `among` names the members of the organization who are meant; without it all are.
    """
    memberships = list(Membership.objects.filter(organization=organization) if among is None else among)
    if not memberships:
        return {}
    with disclose(
        Purpose.AUTHORIZATION,
        actor=actor,
        tenant=organization.pk,
        fields=[Membership.role],
        subjects=[membership.pk for membership in memberships],
    ) as scope:
        texts = scope.open_all([membership.role for membership in memberships])
    given = given_roles(organization.pk)
    found = {}
    for membership, text in zip(memberships, texts, strict=True):
        role, _ = read_role(text)
        if role not in PRIVILEGED or stands(text, membership, given[membership.user_id]):
            found[membership.user_id] = role
    return found


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
