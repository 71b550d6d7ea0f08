"""Programs see single sign-on, and prove domains; who signs people in is nothing that a key decides."""

from typing import Any
from uuid import uuid4

import pytest

from accounts.actions import add_member
from accounts.actions.domains import MAX_DOMAINS
from accounts.models import IdentityProvider, Organization, Role, VerifiedDomain
from ledger.actor import Actor
from ledger.models import Action, AuditEvent
from tests.accounts.sso.conftest import prove, records  # noqa: F401  a fixture
from tests.admin_api.conftest import Caller, program
from tests.conftest import person
from tests.support.dns import Records

pytestmark = pytest.mark.django_db
PROVIDER = "sso/provider/"


@pytest.fixture
def provider(organization: Organization) -> IdentityProvider:
    return IdentityProvider.objects.create(
        organization=organization, issuer="https://login.example.com", client_id="console", client_secret="hidden"
    )


def test_the_provider_is_shown_without_its_secret(olivia: Caller, otto: Caller, provider: IdentityProvider) -> None:
    answer = olivia.ask(PROVIDER)
    assert (answer.json()["issuer"], answer.json()["is_required"]) == ("https://login.example.com", False)
    assert "hidden" not in answer.content.decode()
    assert "secret" not in answer.content.decode()
    assert otto.ask(PROVIDER).status_code == 404


def test_no_key_says_who_signs_people_in(olivia: Caller, provider: IdentityProvider) -> None:
    before = IdentityProvider.objects.values().get()
    for answer in (
        olivia.make(PROVIDER, {"issuer": "https://evil.example"}),
        olivia.change(PROVIDER, {"issuer": "https://evil.example"}),
        olivia.delete(f"/api/v1/{PROVIDER}"),
    ):
        assert answer.status_code == 405
    assert IdentityProvider.objects.values().get() == before


def test_a_domain_is_claimed_proved_and_given_up(olivia: Caller, records: Records) -> None:  # noqa: F811
    claim = olivia.make("sso/domains/", {"domain": "example.com"}).json()
    path = f"sso/domains/{claim['id']}/"
    assert (claim["record_name"], claim["verified_at"]) == ("_llama-console.example.com", None)
    assert olivia.ask("sso/domains/").json()["data"] == [claim]
    assert olivia.make(f"{path}check/").json()["found"] == "missing"
    records.txt = {claim["record_name"]: [claim["record_value"]]}
    found = olivia.make(f"{path}check/").json()
    assert found["found"] == "found"
    assert found["verified_at"]
    assert olivia.ask(path).json() | {"found": "found"} == found
    assert olivia.delete(f"/api/v1/{path}").status_code == 204
    assert olivia.ask(path).status_code == 404
    actions = AuditEvent.objects.filter(target=claim["id"]).order_by("pk").values_list("action", "actor")
    assert [action for action, _ in actions] == [Action.DOMAIN_ADDED, Action.DOMAIN_VERIFIED, Action.DOMAIN_REMOVED]
    assert {actor.partition(":")[0] for _, actor in actions} == {Actor.key(uuid4()).kind}


def test_the_same_request_again_looks_and_claims_once(olivia: Caller, records: Records) -> None:  # noqa: F811
    once = [{"Idempotency-Key": str(uuid4())} for _ in range(2)]
    first, second = (olivia.make("sso/domains/", {"domain": "example.com"}, **once[0]).json() for _ in range(2))
    assert first == second
    path = f"sso/domains/{first['id']}/check/"
    assert olivia.make(path, **once[1]).json()["found"] == "missing"
    records.txt = {first["record_name"]: [first["record_value"]]}
    assert olivia.make(path, **once[1]).json()["found"] is None
    assert VerifiedDomain.objects.get().verified_at is None


def test_dns_that_is_away_is_no_proof_and_a_domain_has_one_owner(
    olivia: Caller,
    otto: Caller,
    records: Records,  # noqa: F811
) -> None:
    claims = [each.make("sso/domains/", {"domain": "example.com"}).json() for each in (olivia, otto)]
    records.is_away = True
    assert olivia.make(f"sso/domains/{claims[0]['id']}/check/").json()["found"] == "unknown"
    records.is_away = False
    records.txt = {claims[0]["record_name"]: [claim["record_value"] for claim in claims]}
    looks = [
        each.make(f"sso/domains/{claim['id']}/check/", **{"Idempotency-Key": str(uuid4())}).json()["found"]
        for each, claim in zip((olivia, otto), claims, strict=True)
    ]
    assert looks == ["found", "taken"]


def test_single_sign_on_is_required_no_more_without_a_domain(
    olivia: Caller, organization: Organization, provider: IdentityProvider
) -> None:
    prove(organization, "example.com")
    IdentityProvider.objects.update(is_enforced=True)
    assert olivia.ask(PROVIDER).json()["is_required"] is True
    olivia.delete(f"/api/v1/sso/domains/{organization.domains.get().pk}/")
    assert olivia.ask(PROVIDER).json()["is_required"] is False


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"domain": "example"}, 400),
        ({"domain": "Example.com"}, 400),
        ({"domain": "a..com"}, 400),
        ({"domain": 7}, 400),
        ({"domain": "xn--a.com"}, 409),
        ({"domain": "here.example"}, 409),
        ({"domain": "x.example", "verified_at": "2026-07-01T09:00:00Z"}, 400),
    ],
)
def test_what_is_no_new_domain_is_refused(
    olivia: Caller, organization: Organization, wrong: dict[str, Any], status: int
) -> None:
    organization.domains.create(domain="here.example", token="t")
    assert olivia.make("sso/domains/", wrong).status_code == status
    assert organization.domains.count() == 1


def test_there_are_only_so_many_domains(olivia: Caller, organization: Organization) -> None:
    for number in range(MAX_DOMAINS):
        organization.domains.create(domain=f"d{number}.example", token="t")
    assert olivia.make("sso/domains/", {"domain": "one-more.example"}).status_code == 409


def test_the_key_of_an_admin_gives_up_no_domain(organization: Organization, provider: IdentityProvider) -> None:
    """Without any domain single sign-on is not required any more: that is for owners, as on the pages."""
    adam = person("adam@example.com")
    add_member(Actor.operator(), organization=organization, user=adam, role=Role.ADMIN)
    prove(organization, "example.com")
    claim = organization.domains.get()
    answer = program(organization, adam).delete(f"/api/v1/sso/domains/{claim.pk}/")
    assert answer.status_code == 403
    assert organization.domains.verified().exists()
