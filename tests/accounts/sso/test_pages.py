"""The pages of single sign-on: who sees them, what they do, and what they never show."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import IdentityProvider, Organization, SsoLink, User, VerifiedDomain
from ledger.models import Action, AuditEvent
from tests.accounts.sso.conftest import prove
from tests.support.dns import Records
from tests.support.factors import with_passkey
from tests.support.identity import CLIENT_ID, CLIENT_SECRET, Provider, come_back, question, sign_in

pytestmark = pytest.mark.django_db
HOME = "/o/llamas-of-lisbon/sso/"


def typed(provider: Provider, **more: str) -> dict[str, str]:
    form = {"issuer": provider.issuer, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "newcomers": "viewer"}
    return form | more


def pages(organization: Organization) -> list[str]:
    claim = organization.domains.first() or organization.domains.create(domain="example.com", token="t")
    own = f"domains/{claim.pk}/"
    return ["", "provider/", "enforcement/", "links/", "removal/", "domains/new/", own, own + "removal/"]


def test_outsiders_find_nothing(as_outsider: Client, connected: IdentityProvider, organization: Organization) -> None:
    for page in [*pages(organization), f"domains/{organization.domains.get().pk}/check/"]:
        for answer in (as_outsider.get(HOME + page), as_outsider.post(HOME + page)):
            assert answer.status_code in {404, 405}, page
    assert IdentityProvider.objects.exists()
    assert VerifiedDomain.objects.exists()


def test_lower_roles_may_not(as_member: Client, connected: IdentityProvider, organization: Organization) -> None:
    for page in [*pages(organization), f"domains/{organization.domains.get().pk}/check/"]:
        for answer in (as_member.get(HOME + page), as_member.post(HOME + page)):
            assert answer.status_code in {403, 405}, page
    assert IdentityProvider.objects.exists()
    assert VerifiedDomain.objects.exists()


def test_a_domain_of_another_organization_is_not_found(
    as_owner: Client, outsider: User, organization: Organization
) -> None:
    theirs = Organization.objects.get(memberships__user=outsider).domains.create(domain="example.com", token="t")
    for page in ("", "removal/"):
        assert as_owner.get(f"{HOME}domains/{theirs.pk}/{page}").status_code == 404
    for page in ("check/", "removal/"):
        assert as_owner.post(f"{HOME}domains/{theirs.pk}/{page}").status_code == 404
    assert VerifiedDomain.objects.exists()


def test_whoever_changes_something_has_just_shown_who_they_are(
    as_owner: Client, connected: IdentityProvider, organization: Organization
) -> None:
    session = as_owner.session
    del session["confirmed_at"]
    session.save()
    for page in pages(organization):
        if page in {"", f"domains/{organization.domains.get().pk}/"}:
            continue
        for answer in (as_owner.get(HOME + page), as_owner.post(HOME + page)):
            assert answer["Location"].startswith("/account/confirm/"), page


def test_a_provider_is_set_up_and_its_secret_sealed(
    as_owner: Client, organization: Organization, provider: Provider
) -> None:
    assert as_owner.post(HOME + "provider/", typed(provider))["Location"] == HOME
    found = IdentityProvider.objects.get()
    assert (found.issuer, found.newcomers, found.makes_accounts) == (provider.issuer, "viewer", False)
    for page in (HOME, HOME + "provider/"):
        assert CLIENT_SECRET not in as_owner.get(page).content.decode()
    event = AuditEvent.objects.get(action=Action.SSO_CONFIGURED)
    assert event.payload == {"secret": 1, "makes_accounts": 0}
    assert event.organization_id == organization.pk


def test_a_secret_goes_to_the_provider_alone_that_it_was_typed_for(
    as_owner: Client, connected: IdentityProvider, provider: Provider
) -> None:
    """Else whoever takes an admin's session over has the secret sent to a machine of theirs."""
    kept = as_owner.post(HOME + "provider/", typed(provider, client_secret="", makes_accounts="on"))
    assert kept.status_code == 302
    for changed in ({"client_id": "another"}, {"issuer": provider.issuer.replace("127.0.0.1", "localhost")}):
        answer = as_owner.post(HOME + "provider/", typed(provider, client_secret="", **changed))
        assert answer.status_code == 422
        assert "client_secret" in answer.context["form"].errors
    assert IdentityProvider.objects.get().client_id == CLIENT_ID


def test_another_client_means_other_subjects(
    as_owner: Client, client: Client, connected: IdentityProvider, provider: Provider
) -> None:
    sign_in(client, provider)
    IdentityProvider.objects.update(is_enforced=True)
    with_session(as_owner, by=f"sso:{connected.pk}")
    as_owner.post(HOME + "provider/", typed(provider, client_id="another"))
    assert not SsoLink.objects.exists()
    assert not IdentityProvider.objects.get().is_enforced


@pytest.mark.parametrize(
    ("issuer", "says"),
    [
        ("https://10.0.0.1", "private network"),
        ("http://login.example.com", "https://"),
        ("https://localhost.localdomain:22", "Port 22"),
        ("https://user:word@example.com", "Leave out user name"),
        ("nonsense", "whole address"),
        ("https://does-not-exist.invalid", "does not resolve"),
    ],
)
def test_an_issuer_that_may_not_be_asked_is_refused_with_a_sentence(
    as_owner: Client, provider: Provider, issuer: str, says: str
) -> None:
    answer = as_owner.post(HOME + "provider/", typed(provider, issuer=issuer))
    assert answer.status_code == 422
    assert says in str(answer.context["form"].errors["issuer"])
    assert CLIENT_SECRET not in answer.content.decode()


def test_an_issuer_that_is_no_provider_is_refused(as_owner: Client, provider: Provider) -> None:
    for issuer in (provider.issuer + "/realms/none", provider.issuer.replace("127.0.0.1", "localhost")):
        assert as_owner.post(HOME + "provider/", typed(provider, issuer=issuer)).status_code == 422


def test_nobody_new_can_be_made_an_owner(as_owner: Client, provider: Provider) -> None:
    for role in ("owner", "admin", "billing"):
        assert as_owner.post(HOME + "provider/", typed(provider, newcomers=role)).status_code == 422


def test_a_domain_is_added_proven_and_removed(as_owner: Client, organization: Organization, records: Records) -> None:
    page = as_owner.post(HOME + "domains/new/", {"domain": " Exämple.COM. "})["Location"]
    claim = VerifiedDomain.objects.get()
    assert claim.domain == "xn--exmple-cua.com"
    shown = as_owner.get(page).content.decode()
    assert f"_llama-console.{claim.domain}" in shown
    assert f"llama-console-verification={claim.token}" in shown
    as_owner.post(page + "check/")
    assert not VerifiedDomain.objects.verified().exists()
    records.txt[f"_llama-console.{claim.domain}"] = ["something else", f"llama-console-verification={claim.token}"]
    as_owner.post(page + "check/")
    assert VerifiedDomain.objects.verified().exists()
    as_owner.post(page + "removal/")
    assert not VerifiedDomain.objects.exists()
    actions = AuditEvent.objects.filter(action__startswith="domain:").order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["domain:added", "domain:verified", "domain:removed"]


NO_DOMAINS = ["com", "10.0.0.1", "a b.com", "-a.com", "a..com", "x" * 64 + ".com", "user@example.com", "_a.com"]


@pytest.mark.parametrize("text", NO_DOMAINS)
def test_what_is_no_domain_is_not_added(as_owner: Client, organization: Organization, text: str) -> None:
    assert as_owner.post(HOME + "domains/new/", {"domain": text}).status_code == 422


def test_a_domain_is_added_once_and_so_many_at_most(as_owner: Client, organization: Organization) -> None:
    for number in range(20):
        assert as_owner.post(HOME + "domains/new/", {"domain": f"d{number}.example"}).status_code == 302
    assert as_owner.post(HOME + "domains/new/", {"domain": "D1.example"}).status_code == 422
    assert as_owner.post(HOME + "domains/new/", {"domain": "more.example"}).status_code == 422
    assert organization.domains.count() == 20


def test_pages_ask_no_more_the_more_domains_there_are(
    as_owner: Client, organization: Organization, connected: IdentityProvider, django_assert_max_num_queries: Any
) -> None:
    for number in range(15):
        prove(organization, f"d{number}.example")
    with django_assert_max_num_queries(14):
        as_owner.get(HOME)


def test_it_is_enforced_only_when_that_shuts_nobody_out(
    as_owner: Client, client: Client, organization: Organization, connected: IdentityProvider, provider: Provider
) -> None:
    def enforce() -> str:
        answer = as_owner.post(HOME + "enforcement/")
        return str(answer.context["problem"]) if answer.status_code == 422 else ""

    assert "Sign in with single sign-on yourself first" in enforce()
    sign_in(client, provider)
    assert "passkey first" in enforce()
    with_passkey(as_owner)
    VerifiedDomain.objects.update(verified_at=None)
    assert "Verify a domain first" in enforce()
    assert not IdentityProvider.objects.get().is_enforced
    prove(organization, "other.example")
    assert enforce() == ""
    assert IdentityProvider.objects.get().is_enforced


def test_removing_it_lets_people_in_as_before(
    as_owner: Client, client: Client, connected: IdentityProvider, provider: Provider
) -> None:
    url = question(client)
    as_owner.post(HOME + "removal/")
    assert not IdentityProvider.objects.exists()
    assert come_back(client, provider, url, "olivia@example.com").status_code == 400


def test_the_client_secret_stands_nowhere_in_the_clear(
    connected: IdentityProvider, client: Client, provider: Provider, caplog: Any
) -> None:
    caplog.set_level("DEBUG")
    sign_in(client, provider)
    row = IdentityProvider.objects.get()
    assert CLIENT_SECRET not in str(row.__dict__) + repr(row.client_secret) + caplog.text
    assert CLIENT_SECRET.encode() not in bytes(row.client_secret.record())


def with_session(client: Client, **values: str) -> None:
    session = client.session
    for name, value in values.items():
        session[name] = value
    session.save()
