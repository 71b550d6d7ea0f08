"""Somebody from inside or outside who wants more than their own account by way of single sign-on."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.actions import Wanted, add_member, change_security, create_organization, remove_member, sso
from accounts.actions.addresses import issue_return, take_back
from accounts.models import IdentityProvider, Membership, Organization, Role, SsoLink, User
from ledger.models import Action, AuditEvent
from tests.accounts.sso.conftest import OPERATOR, prove
from tests.accounts.sso.test_gate import HOME, is_open
from tests.accounts.sso.test_sign_in import NEW, move
from tests.conftest import person
from tests.support.factors import is_signed_in, type_password
from tests.support.identity import Provider, asked, callback_of, question, refusal, running, sign_in

pytestmark = pytest.mark.django_db
SSO = HOME + "sso/"


def test_an_admin_names_no_provider_that_would_speak_for_an_owner(
    client: Client, connected: IdentityProvider, provider: Provider, organization: Organization, owner: User
) -> None:
    """The domain was proven once, by whoever runs it; whose word counts for it is for owners to say."""
    add_member(OPERATOR, organization=organization, user=person("adam@admins.example"), role=Role.ADMIN)
    type_password(client, "adam@admins.example")
    with running() as evil:
        typed = {"issuer": evil.issuer, "client_id": "console", "client_secret": "x", "newcomers": "viewer"}
        for page in ("", "provider/", "enforcement/", "links/", "removal/", "domains/new/"):
            assert client.get(SSO + page).status_code == 403, page
            assert client.post(SSO + page, typed).status_code in {403, 405}, page
    assert IdentityProvider.objects.get().issuer == provider.issuer


def test_a_providers_answer_counts_at_the_address_of_its_own_organization_alone(
    client: Client, connected: IdentityProvider, provider: Provider, owner: User
) -> None:
    """RFC 9700, 4.4: a provider that the victim is asked by sends their browser on to another one, with a question
    that the attacker has from the console, to be told the code that comes back."""
    theirs = create_organization(OPERATOR, name="Evil", owner=owner)
    prove(theirs, "evil.example")
    with running() as evil:
        sso.set_up(OPERATOR, theirs, sso.Setup(evil.issuer, "console", "x", makes_accounts=True, newcomers="viewer"))
        attacker = Client()
        wanted = question(attacker)  # of the honest provider, which the attacker does not answer
        begun = question(client, "olivia@evil.example")
        # At the honest provider the victim has a session, so nothing is asked: the browser comes back with a code.
        code = provider.authorize(wanted, email="olivia@example.com", sub="olivia")
        answer = client.get(callback_of(wanted), {"code": code, "state": asked(begun)["state"]})
        assert refusal(answer) == "token"
        assert "/token" not in evil.asked, "nobody else is told the code"
    assert not is_signed_in(attacker)


def test_a_member_is_no_guest_by_taking_a_private_address(
    client: Client,
    enforced: IdentityProvider,
    organization: Organization,
    member: User,
) -> None:
    """Else whom the provider does not let in any more would come in by a password all the same."""
    move(member, "mira@private.example")
    type_password(client, "mira@private.example")
    assert not is_open(client)
    event = AuditEvent.objects.get(action=Action.MEMBER_LEFT_DOMAIN)
    assert (event.actor, event.target, event.organization_id) == (
        f"user:{member.pk}",
        str(member.pk),
        organization.pk,
    )
    member.spare_addresses.all().delete()
    move(member, "mira@second.example")
    assert not is_open(client)


def test_a_former_member_who_is_invited_anew_with_a_private_address_is_a_guest(
    client: Client,
    enforced: IdentityProvider,
    organization: Organization,
    member: User,
) -> None:
    move(member, "mira@private.example")
    remove_member(OPERATOR, membership=Membership.objects.get(user=member))
    add_member(OPERATOR, organization=organization, user=member, role=Role.VIEWER)
    type_password(client, "mira@private.example")
    assert is_open(client)


def test_who_changes_within_the_domains_or_without_leaves_none(
    connected: IdentityProvider, organization: Organization, member: User
) -> None:
    prove(organization, "llamas.example")
    move(member, "mira@llamas.example")
    guest = person("gina@guests.example")
    add_member(OPERATOR, organization=organization, user=guest, role=Role.VIEWER)
    move(guest, "gina@private.example")
    assert not AuditEvent.objects.filter(action=Action.MEMBER_LEFT_DOMAIN).exists()


def test_an_intruders_own_identity_goes_when_the_account_is_taken_back(
    client: Client, connected: IdentityProvider, provider: Provider, owner: User
) -> None:
    """They moved the account to their own address of the same domain, and signed in with it at the provider."""
    move(owner, "ivan@example.com")
    sign_in(client, provider, "ivan@example.com")
    assert is_signed_in(client)
    assert take_back(issue_return(owner.spare_addresses.get()))
    assert not SsoLink.objects.exists()
    assert AuditEvent.objects.filter(action=Action.FACTOR_REMOVED, payload={"factor": "sso"}).exists()
    IdentityProvider.objects.update(makes_accounts=False)
    assert refusal(sign_in(Client(), provider, "ivan@example.com")) == "no-account"


def test_an_identity_of_long_before_stays_when_an_account_is_taken_back(
    client: Client, connected: IdentityProvider, provider: Provider, owner: User
) -> None:
    sign_in(client, provider)
    SsoLink.objects.update(created_at=timezone.now() - timedelta(days=8))
    move(owner, "ivan@private.example")
    assert take_back(issue_return(owner.spare_addresses.get()))
    assert SsoLink.objects.exists()


def test_somebody_new_whose_domain_the_security_rules_do_not_admit_is_told_so(
    client: Client, connected: IdentityProvider, provider: Provider, organization: Organization, owner: User
) -> None:
    wanted = Wanted(domains=("llamas.example",))
    change_security(OPERATOR, organization=organization, wanted=wanted, user=None, address=None)
    assert refusal(sign_in(client, provider, NEW)) == "foreign-domain"
    assert User.objects.find_by_email(NEW) is None


def test_sessions_of_a_former_provider_are_none_of_the_new_one(
    client: Client,
    enforced: IdentityProvider,
    provider: Provider,
    owner: User,
) -> None:
    sign_in(client, provider)
    assert is_open(client)
    other = sso.Setup(provider.issuer, "another client", "x", makes_accounts=False, newcomers="viewer")
    sso.set_up(OPERATOR, enforced.organization, other)
    IdentityProvider.objects.update(is_enforced=True)
    assert not is_open(client)
