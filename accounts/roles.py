"""A sealed role with its version, against an older record of the same row that somebody puts back.

Such a record opens: it was sealed for just this place. So the version stands inside of it and in the audit event of
each change, and a role that may do much counts only if its version is the newest.
"""

from collections.abc import Collection
from uuid import UUID

from accounts.models import Membership, Organization, Role
from ledger.actor import Actor
from ledger.models import AuditEvent
from vault.disclosure import disclose
from vault.purposes import Purpose

PRIVILEGED = frozenset({Role.OWNER, Role.ADMIN})

# A version and not the record's hash: re-keying writes another record of the same plaintext and needs no event, and of
# versions the highest counts, so that an event which somebody inserts can lock a member out but let nobody in.


def write_role(role: Role, version: int) -> str:
    return f"{version} {role.value}"


def read_role(text: str) -> tuple[Role, int]:
    """Return role and version; a role that was sealed before there were versions has 0."""
    version, _, role = text.rpartition(" ")
    return Role(role), int(version or 0)


def newest_version(organization_id: UUID, user_id: UUID) -> int:
    """Return the highest version that the audit events of this member name."""
    return _newest_versions(organization_id, [user_id]).get(user_id, 0)


def roles_of(actor: Actor, organization: Organization) -> dict[UUID, Role]:
    """Return the role of each member by user, opened in one scope; an owner or admin of an old record has none."""
    memberships = list(Membership.objects.filter(organization=organization))
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
    found = {membership.user_id: read_role(text) for membership, text in zip(memberships, texts, strict=True)}
    privileged = [user_id for user_id, (role, _) in found.items() if role in PRIVILEGED]
    newest = _newest_versions(organization.pk, privileged)
    return {
        user_id: role
        for user_id, (role, version) in found.items()
        if role not in PRIVILEGED or version == newest.get(user_id)
    }


def _newest_versions(organization_id: UUID, user_ids: Collection[UUID]) -> dict[UUID, int]:
    events = AuditEvent.objects.filter(organization_id=organization_id, target__in=[str(each) for each in user_ids])
    newest: dict[UUID, int] = {}
    for target, payload in events.values_list("target", "payload"):
        user_id = UUID(target)
        newest[user_id] = max(newest.get(user_id, 0), payload.get("version", 0))
    return newest
