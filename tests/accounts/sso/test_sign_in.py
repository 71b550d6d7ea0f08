"""Signing in by a provider: who comes in, as whom, and who does not."""

import re
import threading
from typing import Any

import pytest
from django.core import mail
from django.db import connections
from django.test import Client

from accounts.actions import erase_organization, erase_user, sign_up, sso
from accounts.actions.addresses import confirm_by_token, issue_proof, request_change
from accounts.actions.organizations import set_seats
from accounts.actions.roles import remove_member
from accounts.models import BrowserSession, IdentityProvider, Membership, Organization, SsoLink, User
from accounts.roles import roles_of
from accounts.views import sso_sign_in
from ledger.models import Action, AuditEvent
from tests.accounts.sso.conftest import OPERATOR, prove
from tests.conftest import PASSWORD, person
from tests.support.factors import code, is_signed_in, with_app
from tests.support.identity import CALLBACK, Provider, asked, callback_of, come_back, question, refusal, sign_in
from tests.support.outbox import send_all

pytestmark = pytest.mark.django_db
NEW = "nadia@example.com"


def test_a_member_comes_in_and_on_to_the_page_they_asked_for(
    client: Client, connected: IdentityProvider, provider: Provider, owner: User
) -> None:
    url = question(client, next="/account/sessions/")
    sent = asked(url)
    assert url.startswith(provider.issuer + "/authorize?")
    assert callback_of(url) == f"{CALLBACK}{connected.organization_id}/"
    assert (sent["response_type"], sent["scope"], sent["code_challenge_method"]) == (
        "code",
        "openid email profile",
        "S256",
    )
    assert sent["max_age"] == "43200"
    assert "olivia" not in url, "the address stays here"
    answer = come_back(client, provider, url, "olivia@example.com")
    assert answer["Location"] == "/account/sessions/"
    assert client.session["_auth_user_id"] == str(owner.pk)
    event = AuditEvent.objects.get(action=Action.SIGNED_IN)
    assert event.payload == {"by": f"sso:{connected.pk}"}


def test_somebody_new_gets_an_account_with_the_role_of_newcomers(
    client: Client, connected: IdentityProvider, provider: Provider, organization: Organization
) -> None:
    assert sign_in(client, provider, NEW)["Location"] == "/"
    user = User.objects.find_by_email("Nadia@Example.com")
    assert user is not None
    assert user.is_verified
    assert not user.has_usable_password()
    assert roles_of(OPERATOR, organization)[user.pk] == "developer"
    assert is_signed_in(client)
    assert sign_in(Client(), provider, NEW)["Location"] == "/"
    assert User.objects.count() == 2, "the second time they are known"
    send_all()
    told = [letter.subject for letter in mail.outbox]
    assert told == ["New sign-in to your Llama console account"], "nothing was added to an account that they had"


def test_nobody_new_comes_in_where_the_organization_makes_no_accounts(
    client: Client, connected: IdentityProvider, provider: Provider, outsider: User
) -> None:
    IdentityProvider.objects.update(makes_accounts=False)
    assert refusal(sign_in(client, provider, NEW)) == "no-account"
    assert refusal(sign_in(client, provider, "otto@example.com")) == "no-membership"
    assert not SsoLink.objects.exists()
    assert User.objects.find_by_email(NEW) is None


def test_an_account_of_the_domain_joins_with_the_lowest_rights(
    client: Client, connected: IdentityProvider, provider: Provider, outsider: User, organization: Organization
) -> None:
    IdentityProvider.objects.update(newcomers="owner")  # which no form offers
    sign_in(client, provider, "otto@example.com")
    assert roles_of(OPERATOR, organization)[outsider.pk] == "viewer"


def test_a_second_factor_is_asked_for_all_the_same(
    client: Client, connected: IdentityProvider, provider: Provider, owner: User
) -> None:
    secret = with_app(owner)
    answer = sign_in(client, provider)
    assert answer["Location"] == "/sign-in/second/"
    assert not is_signed_in(client)
    client.post(answer["Location"], {"code": code(secret)})
    assert is_signed_in(client)
    assert AuditEvent.objects.get(action=Action.SIGNED_IN).payload == {"by": f"sso:{connected.pk}+totp"}


def test_a_person_is_told_when_the_provider_can_open_their_account(
    client: Client, connected: IdentityProvider, provider: Provider, owner: User
) -> None:
    sign_in(client, provider)
    send_all()
    (letter,) = [each for each in mail.outbox if "factor was added" in each.subject]
    assert "Single sign-on" in str(letter.body)
    sign_in(Client(), provider)
    send_all()
    assert len([each for each in mail.outbox if "factor was added" in each.subject]) == 1


def test_a_provider_speaks_for_no_address_of_another_domain(
    client: Client, connected: IdentityProvider, provider: Provider
) -> None:
    victim = person("victim@elsewhere.example")
    url = question(client)
    for email in ("victim@elsewhere.example", "a@sub.example.com", "a@example.com.evil.test", "a@notexample.com"):
        assert refusal(come_back(client, provider, url, email)) == "foreign-domain", email
        url = question(client)
    assert not victim.sso_links.exists()
    assert not is_signed_in(client)


def test_a_domain_that_is_only_claimed_lets_nobody_in(
    client: Client, connected: IdentityProvider, provider: Provider, organization: Organization
) -> None:
    organization.domains.create(domain="elsewhere.example", token="x")
    assert client.post("/sign-in/sso/", {"email": "a@elsewhere.example"}).status_code == 422
    assert refusal(come_back(client, provider, question(client), "a@elsewhere.example")) == "foreign-domain"


def test_two_organizations_providers_stay_apart(
    client: Client, connected: IdentityProvider, provider: Provider, outsider: User, setup: sso.Setup
) -> None:
    """The same provider and the same subject are not the same person to another organization."""
    theirs = Organization.objects.get(memberships__user=outsider)
    prove(theirs, "outsiders.example")
    sso.set_up(OPERATOR, theirs, setup)
    sign_in(client, provider, "olivia@example.com", sub="7")
    other = Client()
    sign_in(other, provider, "new@outsiders.example", sub="7")
    assert client.session["_auth_user_id"] != other.session["_auth_user_id"]


def test_an_address_that_was_given_to_somebody_new_opens_nothing(
    client: Client, connected: IdentityProvider, provider: Provider, owner: User
) -> None:
    sign_in(client, provider, sub="1")
    assert refusal(sign_in(Client(), provider, sub="2")) == "other-subject"
    sso.forget_links(OPERATOR, connected)
    assert sign_in(Client(), provider, sub="2").status_code == 302


def test_a_person_whose_address_changed_at_the_provider_stays_who_they_are(
    client: Client, connected: IdentityProvider, provider: Provider, owner: User
) -> None:
    sign_in(client, provider, sub="1")
    again = Client()
    sign_in(again, provider, "olivia.married@example.com", sub="1")
    assert again.session["_auth_user_id"] == str(owner.pk)


def test_who_took_a_private_address_is_not_opened_by_the_former_domain(
    client: Client, connected: IdentityProvider, provider: Provider, owner: User
) -> None:
    sign_in(client, provider, sub="1")
    move(owner, "olivia@private.example")
    assert refusal(sign_in(Client(), provider, sub="1")) == "foreign-domain"


def test_who_left_the_organization_or_closed_the_account_is_out(
    client: Client, connected: IdentityProvider, provider: Provider, member: User
) -> None:
    sign_in(client, provider, "mira@example.com")
    Membership.objects.filter(user=member).delete()
    assert refusal(sign_in(Client(), provider, "mira@example.com")) == "no-membership"
    User.objects.filter(pk=member.pk).update(is_active=False)
    assert refusal(sign_in(Client(), provider, "mira@example.com")) == "closed"


def test_who_was_removed_does_not_come_back_by_signing_in(
    client: Client, connected: IdentityProvider, provider: Provider, member: User, organization: Organization
) -> None:
    remove_member(OPERATOR, membership=Membership.objects.get(user=member))
    assert refusal(sign_in(client, provider, "mira@example.com")) == "no-membership"
    assert not Membership.objects.filter(user=member).exists()


def test_new_people_need_a_seat(
    client: Client, connected: IdentityProvider, provider: Provider, organization: Organization
) -> None:
    set_seats(OPERATOR, organization=organization, seats=1)
    assert refusal(sign_in(client, provider, NEW)) == "full"
    assert User.objects.find_by_email(NEW) is None
    set_seats(OPERATOR, organization=organization, seats=2)
    assert sign_in(client, provider, NEW).status_code == 302


def test_an_account_that_somebody_opened_and_never_verified_is_not_handed_on(
    client: Client, connected: IdentityProvider, provider: Provider
) -> None:
    """Else whoever signs up with a stranger's address would wait in their account with a password."""
    squatter = sign_up(email=NEW, password=PASSWORD)
    sign_in(client, provider, NEW)
    user = User.objects.find_by_email(NEW)
    assert user is not None
    assert user.pk != squatter.user_id
    assert not user.has_usable_password()
    assert not User.objects.get(pk=squatter.user_id).is_active


def test_an_unknown_domain_is_told_and_nobody_of_a_known_one_is(
    client: Client, connected: IdentityProvider, provider: Provider, owner: User
) -> None:
    answer = client.post("/sign-in/sso/", {"email": "a@unknown.example"})
    assert answer.status_code == 422
    assert "no single sign-on for this address" in answer.content.decode()
    known, unknown = (
        client.post("/sign-in/sso/", {"email": each}) for each in ("olivia@example.com", "zz@example.com")
    )
    hide = re.compile(r"(state|nonce|code_challenge|csrfmiddlewaretoken)[^ ]*")
    assert hide.sub("", known.content.decode()) == hide.sub("", unknown.content.decode())


def test_a_first_sign_in_twice_at_once_makes_one_account(
    transactional_db: None, connected: IdentityProvider, provider: Provider
) -> None:
    """The lock is that on the provider's row, and under it the unique subject."""
    clients = [Client(), Client()]
    urls = [question(each, NEW) for each in clients]
    answers: list[int] = []

    def enter(client: Client, url: str) -> None:
        answers.append(come_back(client, provider, url, NEW).status_code)
        connections.close_all()

    threads = [threading.Thread(target=enter, args=pair) for pair in zip(clients, urls, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [302, 302]
    assert SsoLink.objects.count() == 1
    assert all(is_signed_in(each) for each in clients)


def test_the_session_holds_no_token_no_address_and_no_state(
    client: Client, connected: IdentityProvider, provider: Provider, caplog: Any
) -> None:
    caplog.set_level("DEBUG")
    url = question(client, NEW)
    held = str(BrowserSession.objects.get().get_decoded())
    for secret in (asked(url)["state"], asked(url)["nonce"], NEW, "Nadia"):
        assert secret not in held
    come_back(client, provider, url, NEW, sub="subject-of-nadia")
    rows = [str(each.get_decoded()) for each in BrowserSession.objects.all()]
    events = [f"{each.target} {each.payload}" for each in AuditEvent.objects.all()]
    links = [each.subject for each in SsoLink.objects.all()]
    written = "\n".join([*rows, *events, *links, caplog.text])
    for secret in ("access token", "eyJ", NEW, "Nadia", "subject-of-nadia", "a secret of the provider"):
        assert secret not in written, secret


def test_many_sign_ins_from_one_network_have_to_wait(
    client: Client, connected: IdentityProvider, provider: Provider, monkeypatch: Any
) -> None:
    monkeypatch.setitem(sso_sign_in.throttle.CAPS, "sso-source-hour", 2)
    question(client)
    question(client)
    assert client.post("/sign-in/sso/", {"email": NEW}).status_code == 422


def test_an_erased_person_is_known_no_more(
    client: Client, connected: IdentityProvider, provider: Provider, member: User
) -> None:
    sign_in(client, provider, "mira@example.com")
    erase_user(OPERATOR, member)
    assert not SsoLink.objects.exists()
    erase_organization(OPERATOR, connected.organization)
    assert not IdentityProvider.objects.exists()
    assert not connected.organization.domains.exists()


def move(user: User, email: str) -> None:
    """Change somebody's address, as they do."""
    assert request_change(user, email)
    token, _ = issue_proof(user.spare_addresses.get())
    assert confirm_by_token(user, token)
