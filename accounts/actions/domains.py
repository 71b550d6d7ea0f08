"""Domains of an organization: claiming one, proving it, and looking again each day whether the proof is still there.

Nothing follows from a claim. A proof that is gone for a week counts no more, so that a domain that was sold does not go
on deciding who signs in; a week, since DNS fails, and people tidy up what they do not know.
"""

import secrets
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import IdentityProvider, Organization, User, VerifiedDomain
from accounts.sso import dns
from ledger.actor import Actor
from ledger.events import record_event
from ledger.models import Action
from vault.blind_index import domain_of

MAX_DOMAINS = 20  # of an organization
GRACE = timedelta(days=7)
_WORKER = Actor.system("worker")


class Proof(StrEnum):
    """What a look at a domain's record came to."""

    FOUND = "found"
    MISSING = "missing"
    UNKNOWN = "unknown"  # DNS did not answer
    TAKEN = "taken"  # another organization proved it and still does


class TooMany(Exception):
    """The organization has as many domains as it may have."""


class AlreadyThere(Exception):
    """The organization has this domain."""


def add_domain(actor: Actor, organization: Organization, domain: str) -> VerifiedDomain:
    """Claim a domain, in the form of `dns.normalise`."""
    with transaction.atomic():
        Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
        if organization.domains.filter(domain=domain).exists():
            raise AlreadyThere
        if organization.domains.count() >= MAX_DOMAINS:
            raise TooMany
        claim = organization.domains.create(domain=domain, token=secrets.token_urlsafe(32))
        _record(actor, Action.DOMAIN_ADDED, claim)
    return claim


def check_domain(actor: Actor, claim: VerifiedDomain) -> Proof:
    """Look whether the record is there, and let the domain count, or no more."""
    return note_proof(actor, claim, look_for_proof(claim))


def look_for_proof(claim: VerifiedDomain) -> Proof:
    """Ask DNS, which may take seconds: outside of any transaction."""
    try:
        return Proof.FOUND if dns.has_proof(claim.domain, claim.token) else Proof.MISSING
    except dns.Away:
        return Proof.UNKNOWN


def note_proof(actor: Actor, claim: VerifiedDomain, proof: Proof) -> Proof:
    """Let a domain count, or no more, as a look at its record came out; TAKEN if another organization has it."""
    try:
        with transaction.atomic():
            current = VerifiedDomain.objects.select_for_update().filter(pk=claim.pk).first()
            if current:
                _note(actor, current, proof, timezone.now())
    except IntegrityError:
        return Proof.TAKEN
    return proof


def recheck_domains() -> None:
    """Look at every domain that counts."""
    for claim in VerifiedDomain.objects.verified():
        check_domain(_WORKER, claim)


def remove_domain(actor: Actor, claim: VerifiedDomain) -> None:
    """Take a domain away. Without any, nothing can be enforced."""
    with transaction.atomic():
        if VerifiedDomain.objects.filter(pk=claim.pk).delete()[0]:
            _record(actor, Action.DOMAIN_REMOVED, claim)
            _relax_without_domains(actor, claim)


def note_move(actor: Actor, user: User, former: str, new: str) -> None:
    """Record with the organization whose domain a member's address leaves: to its gate they are no guest for that."""
    verified = VerifiedDomain.objects.verified()
    for claim in verified.filter(domain=domain_of(former), organization__memberships__user=user):
        if not verified.filter(organization=claim.organization_id, domain=domain_of(new)).exists():
            record_event(actor, Action.MEMBER_LEFT_DOMAIN, target=user.pk, organization_id=claim.organization_id)


def _note(actor: Actor, claim: VerifiedDomain, proof: Proof, now: datetime) -> None:
    claim.checked_at, was_verified = now, claim.verified_at is not None
    if proof is Proof.FOUND:
        claim.verified_at, claim.missing_since = claim.verified_at or now, None
    elif was_verified:
        claim.missing_since = claim.missing_since or now
        if now - claim.missing_since >= GRACE:
            claim.verified_at = claim.missing_since = None
    is_changed = was_verified != (claim.verified_at is not None)
    claim.save(update_fields=["checked_at", "missing_since", *(["verified_at"] if is_changed else [])])
    if was_verified != (claim.verified_at is not None):
        _record(actor, Action.DOMAIN_LAPSED if was_verified else Action.DOMAIN_VERIFIED, claim)
        _relax_without_domains(actor, claim)


def _relax_without_domains(actor: Actor, claim: VerifiedDomain) -> None:
    if VerifiedDomain.objects.verified().filter(organization_id=claim.organization_id).exists():
        return
    for provider in IdentityProvider.objects.enforced().filter(organization_id=claim.organization_id):
        IdentityProvider.objects.filter(pk=provider.pk).update(is_enforced=False)
        record_event(actor, Action.SSO_RELAXED, target=provider.pk, organization_id=claim.organization_id)


def _record(actor: Actor, action: Action, claim: VerifiedDomain) -> None:
    record_event(actor, action, target=claim.pk, organization_id=claim.organization_id)
