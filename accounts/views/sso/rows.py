"""Domains as the pages show them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.actions.domains import GRACE
from accounts.models import Organization, VerifiedDomain


@dataclass(frozen=True, slots=True)
class DomainRow:
    """A domain: `note` says more of the state, and `at` is the moment that it speaks of."""

    id: UUID
    name: str
    state: str
    tone: str
    note: str
    at: datetime | None
    is_verified: bool


def domain_rows(organization: Organization) -> list[DomainRow]:
    return [domain_row(claim) for claim in organization.domains.order_by("domain")]


def domain_row(claim: VerifiedDomain) -> DomainRow:
    state, tone, note, at = _state(claim)
    return DomainRow(claim.pk, claim.domain, state, tone, note, at, claim.verified_at is not None)


def _state(claim: VerifiedDomain) -> tuple[str, str, str, datetime | None]:
    if claim.verified_at and claim.missing_since:
        return _("Record missing"), "bad", _("Counts no more from"), claim.missing_since + GRACE
    if claim.verified_at:
        return _("Verified"), "ok", _("Since"), claim.verified_at
    return _("Not verified"), "off", _("Last looked") if claim.checked_at else "", claim.checked_at
