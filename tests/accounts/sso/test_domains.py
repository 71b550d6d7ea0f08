"""Domains: what proves one, how long, and that one organization has it at a time."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.actions.domains import GRACE, Proof, check_domain, recheck_domains, remove_domain
from accounts.models import IdentityProvider, Organization, User, VerifiedDomain
from ledger.models import Action, AuditEvent
from tests.accounts.sso.conftest import OPERATOR, prove
from tests.support.dns import Records

pytestmark = pytest.mark.django_db
NAME, VALUE = "_llama-console.example.com", "llama-console-verification="


@pytest.fixture
def claim(organization: Organization) -> VerifiedDomain:
    return organization.domains.create(domain="example.com", token="t" * 43)


def test_just_this_record_proves_it(claim: VerifiedDomain, records: Records) -> None:
    assert check_domain(OPERATOR, claim) is Proof.MISSING
    wrong = [VALUE + "x" * 43, VALUE, claim.token, VALUE + claim.token + "x", " " + VALUE + claim.token]
    records.txt = {NAME: wrong, "example.com": [VALUE + claim.token], "_llama-console.com": [VALUE + claim.token]}
    assert check_domain(OPERATOR, claim) is Proof.MISSING
    records.txt[NAME] = [*wrong, VALUE + claim.token]
    assert check_domain(OPERATOR, claim) is Proof.FOUND
    assert VerifiedDomain.objects.verified().exists()


def test_the_record_of_another_organization_proves_nothing_here(
    claim: VerifiedDomain, outsider: User, records: Records
) -> None:
    theirs = Organization.objects.get(memberships__user=outsider).domains.create(domain="example.com", token="o" * 43)
    records.txt[NAME] = [VALUE + theirs.token]
    assert check_domain(OPERATOR, claim) is Proof.MISSING


def test_one_organization_has_a_domain(claim: VerifiedDomain, outsider: User, records: Records) -> None:
    """The constraint is on domains that are verified: a claim keeps nobody out."""
    theirs = Organization.objects.get(memberships__user=outsider).domains.create(domain="example.com", token="o" * 43)
    records.txt[NAME] = [VALUE + claim.token, VALUE + theirs.token]
    assert check_domain(OPERATOR, claim) is Proof.FOUND
    assert check_domain(OPERATOR, theirs) is Proof.TAKEN
    remove_domain(OPERATOR, claim)
    assert check_domain(OPERATOR, theirs) is Proof.FOUND


def test_without_dns_nothing_is_proven_and_nothing_is_lost_at_once(claim: VerifiedDomain, records: Records) -> None:
    records.is_away = True
    assert check_domain(OPERATOR, claim) is Proof.UNKNOWN
    assert not VerifiedDomain.objects.verified().exists()
    records.is_away = False
    records.txt[NAME] = [VALUE + claim.token]
    check_domain(OPERATOR, claim)
    records.is_away = True
    recheck_domains()
    assert VerifiedDomain.objects.verified().exists()


def test_a_record_that_is_gone_for_a_week_counts_no_more(claim: VerifiedDomain, records: Records) -> None:
    records.txt[NAME] = [VALUE + claim.token]
    check_domain(OPERATOR, claim)
    del records.txt[NAME]
    recheck_domains()
    assert VerifiedDomain.objects.verified().exists()
    VerifiedDomain.objects.update(missing_since=timezone.now() - GRACE + timedelta(minutes=1))
    recheck_domains()
    assert VerifiedDomain.objects.verified().exists()
    VerifiedDomain.objects.update(missing_since=timezone.now() - GRACE)
    recheck_domains()
    assert not VerifiedDomain.objects.verified().exists()
    assert AuditEvent.objects.get(action=Action.DOMAIN_LAPSED).actor == "system:worker"


def test_a_record_that_came_back_starts_the_week_anew(claim: VerifiedDomain, records: Records) -> None:
    prove_now = timezone.now()
    VerifiedDomain.objects.update(verified_at=prove_now, missing_since=prove_now - timedelta(days=6))
    records.txt[NAME] = [VALUE + claim.token]
    recheck_domains()
    found = VerifiedDomain.objects.get()
    assert found.missing_since is None
    assert found.verified_at == prove_now


def test_without_any_domain_nothing_is_enforced(
    connected: IdentityProvider, organization: Organization, records: Records
) -> None:
    IdentityProvider.objects.update(is_enforced=True)
    prove(organization, "second.example")
    for claim in organization.domains.all():
        assert IdentityProvider.objects.get().is_enforced
        remove_domain(OPERATOR, claim)
    assert not IdentityProvider.objects.get().is_enforced


def test_the_resolver_of_the_settings_is_asked(settings: object, claim: VerifiedDomain, records: Records) -> None:
    settings.DNS_RESOLVER = "127.0.0.1:1"  # type: ignore[attr-defined]
    assert check_domain(OPERATOR, claim) is Proof.UNKNOWN
