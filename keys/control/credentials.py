"""Who asks for or reports of keys: an operator's gateway, or an organization's own with one of its admin keys."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accounts.policy import Permission
from accounts.security_rules import covers, settings_of
from accounts.sources import Address
from keys.admin.caller import find_admin
from keys.admin.scopes import OF_GATEWAYS
from keys.models import ControlKey
from keys.secrets import CONTROL_PREFIX, hash_secret, is_well_formed


@dataclass(frozen=True, slots=True)
class Credential:
    """What a gateway may do, and for whose keys."""

    organization_id: UUID | None  # None: an operator's gateway, for all keys
    permissions: frozenset[Permission]
    over_at: datetime | None = None
    networks: tuple[str, ...] = ()  # none: from everywhere

    def comes_from(self, address: Address | None) -> bool:
        """Tell whether the organization's rules admit the address; an unknown one is no allowed one."""
        return not self.networks or covers(self.networks, address)

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions


def find_credential(secret: str) -> Credential | None:
    """Return what a control key or an admin key gives just now; None for any other secret."""
    if is_well_formed(secret, CONTROL_PREFIX):
        known = ControlKey.objects.active().filter(secret_hash=hash_secret(secret)).exists()
        return Credential(None, OF_GATEWAYS) if known else None
    admin = find_admin(secret)
    if admin is None:
        return None
    permissions = frozenset(permission for permission in OF_GATEWAYS if admin.may(permission))
    rules = settings_of(admin.organization)
    return Credential(admin.organization.pk, permissions, admin.key.expires_at, tuple(rules.networks) if rules else ())
