"""A sealed role with its version, against an older record of the same row that somebody puts back.

Such a record opens: it was sealed for just this place. So the version stands inside of it and in the audit event of
each change, and a role that may do much counts only if its version is the newest.
"""

from uuid import UUID

from accounts.models import Role
from ledger.models import AuditEvent

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
    events = AuditEvent.objects.filter(organization_id=organization_id, target=str(user_id))
    return max((payload.get("version", 0) for payload in events.values_list("payload", flat=True)), default=0)
