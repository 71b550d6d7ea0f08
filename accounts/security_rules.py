"""What an organization asks of those who come into it: from where, how lately they showed who they are, and by what.

`require` is called where a request becomes a membership, so no page of an organization is without it. The admin API,
whose callers have no session, asks `require_network` alone. A rule that cannot be read refuses everybody: `manage.py
lift_security_rule` takes it away.
"""

from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_network

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils import timezone

from accounts import idleness
from accounts.models import Organization, SecuritySettings
from accounts.sources import Address, address_of
from accounts.step_up import confirmed_at
from vault.blind_index import normalise_email

Network = IPv4Network | IPv6Network


class Rule(StrEnum):
    NETWORKS = "networks"
    SESSION = "session"
    IDLE = "idle"
    SECOND_FACTOR = "second-factor"
    DOMAINS = "domains"


class Refused(PermissionDenied):
    """A rule of the organization keeps somebody out."""

    def __init__(self, rule: Rule, organization: Organization) -> None:
        super().__init__(f"A security rule of this organization refuses it: {rule}.")
        self.rule, self.organization = rule, organization


def settings_of(organization: Organization) -> SecuritySettings | None:
    """Return the organization's settings; no query where they were selected with it."""
    return getattr(organization, "security", None)


def require(request: HttpRequest, organization: Organization, *, has_factor: bool) -> None:
    """Refuse a request of a signed-in member that one of the organization's rules does not admit."""
    if (found := settings_of(organization)) is None:
        return
    require_network(request, organization)
    _require_fresh_session(request, found)
    if found.second_factor and not has_factor:
        raise Refused(Rule.SECOND_FACTOR, organization)


def require_network(request: HttpRequest, organization: Organization) -> None:
    """Refuse a request that comes from elsewhere than the organization allows."""
    found = settings_of(organization)
    if found and found.networks and not covers(found.networks, address_of(request)):
        raise Refused(Rule.NETWORKS, organization)


def covers(networks: Sequence[str], address: Address | None) -> bool:
    """Tell whether an address is in one of the networks; False for an unknown one, or for what is no network."""
    try:
        return address is not None and any(address in ip_network(each) for each in networks)
    except (TypeError, ValueError):
        return False


def admits_address(organization: Organization, address: str) -> bool:
    """Tell whether somebody with this email address may become a member; subdomains are domains of their own."""
    found = settings_of(organization)
    return not (found and found.domains) or normalise_email(address).rpartition("@")[2] in found.domains


def restricts_addresses(organization: Organization) -> bool:
    """Tell whether not everybody's address is admitted."""
    found = settings_of(organization)
    return bool(found and found.domains)


def _require_fresh_session(request: HttpRequest, found: SecuritySettings) -> None:
    now, at = timezone.now(), confirmed_at(request.session)
    if found.session_hours is not None and (at is None or now - at >= timedelta(hours=found.session_hours)):
        raise Refused(Rule.SESSION, found.organization)
    rested = idleness.rest_of(request.session, now)
    if found.idle_minutes is not None and (at is None or rested >= timedelta(minutes=found.idle_minutes)):
        raise Refused(Rule.IDLE, found.organization)
