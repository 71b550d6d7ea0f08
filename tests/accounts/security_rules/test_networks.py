"""An organization opens from its own networks alone, if it says so."""

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.test import Client, RequestFactory

from accounts.models import Organization, SecuritySettings
from accounts.security_rules import Refused, Rule, covers, require_network
from accounts.sources import address_of
from ledger.models import Action, AuditEvent
from tests.accounts.security_rules.conftest import HOME, PAGE, Rules, text_of
from tests.support.routes import routes

pytestmark = pytest.mark.django_db
OFFICE = "198.51.100.0/24"


def test_no_address_of_the_organization_answers_from_elsewhere(as_owner: Client, rules: Rules) -> None:
    rules(networks=[OFFICE])
    seen = [route for route in routes() if route.is_of_an_organization]
    assert len(seen) > 15
    for route in seen:
        answers = {as_owner.get(route.path).status_code, as_owner.post(route.path).status_code}
        assert answers <= {403, 405}, route
        assert 403 in answers, route


def test_it_opens_from_its_networks_and_only_a_named_proxy_may_say_so(
    as_owner: Client, rules: Rules, settings: object
) -> None:
    rules(networks=[OFFICE, "2001:db8::/32"])
    assert as_owner.get(HOME, REMOTE_ADDR="198.51.100.7").status_code == 200
    assert as_owner.get(HOME, REMOTE_ADDR="2001:db8::7").status_code == 200
    assert as_owner.get(HOME, REMOTE_ADDR="::ffff:198.51.100.7").status_code == 200
    assert as_owner.get(HOME, REMOTE_ADDR="198.51.101.7").status_code == 403
    assert as_owner.get(HOME, REMOTE_ADDR="").status_code == 403
    assert as_owner.get(HOME, HTTP_X_FORWARDED_FOR="198.51.100.7").status_code == 403
    settings.TRUSTED_PROXIES = ["127.0.0.1/32"]  # type: ignore[attr-defined]
    assert as_owner.get(HOME, HTTP_X_FORWARDED_FOR="198.51.100.7").status_code == 200
    assert as_owner.get(HOME, HTTP_X_FORWARDED_FOR="198.51.100.7, 203.0.113.1").status_code == 403


def test_the_page_says_which_rule_it_is_and_leads_nowhere_into_the_organization(as_owner: Client, rules: Rules) -> None:
    rules(networks=[OFFICE])
    text = text_of(as_owner.get(HOME))
    assert "Llamas of Lisbon does not open from here" in text
    assert "127.0.0.1" in text
    assert "/o/llamas-of-lisbon/keys/" not in text


def test_other_organizations_go_on(as_outsider: Client, rules: Rules) -> None:
    rules(networks=[OFFICE])
    assert as_outsider.get("/o/outsiders/").status_code == 200
    assert as_outsider.get(HOME).status_code == 404


@pytest.mark.parametrize("networks", [["nonsense"], ["10.0.0.1/8"], "198.51.100.0/24", [None], [7, []]])
def test_what_is_no_list_of_networks_refuses_everybody(as_owner: Client, rules: Rules, networks: object) -> None:
    rules(networks=networks)
    assert as_owner.get(HOME, REMOTE_ADDR="198.51.100.7").status_code == 403


def test_nobody_shuts_themselves_out(as_owner: Client, organization: Organization) -> None:
    answer = as_owner.post(PAGE, {"networks": OFFICE})
    assert answer.status_code == 422
    assert "Your own address is in none of these networks" in text_of(answer)
    assert not SecuritySettings.objects.exists()
    assert as_owner.post(PAGE, {"networks": f"{OFFICE}\n127.0.0.1"}).status_code == 302
    assert SecuritySettings.objects.get().networks == ["127.0.0.1/32", OFFICE]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("10.0.0.1/8", "Did you mean 10.0.0.0/8?"),
        ("office", "is no network"),
        ("::ffff:198.51.100.0/120", "stands for an IPv4 network"),
        (" ".join(f"10.0.{n}.0/24" for n in range(51)), "50 at most"),
        ("10.0.0.0/33", "is no network"),
    ],
)
def test_what_is_no_network_is_refused_with_what_to_type(as_owner: Client, typed: str, said: str) -> None:
    answer = as_owner.post(PAGE, {"networks": f"127.0.0.0/8 {typed}"})
    assert answer.status_code == 422
    assert said in text_of(answer)


def test_the_operators_lift_it_at_the_server(as_owner: Client, rules: Rules) -> None:
    rules(networks=[OFFICE])
    call_command("lift_security_rule", "networks", organization="llamas-of-lisbon")
    assert as_owner.get(HOME).status_code == 200
    event = AuditEvent.objects.get(action=Action.SECURITY_CHANGED)
    assert event.actor == "operator:command-line"
    assert event.payload == {"removed_networks": OFFICE, "added_networks": ""}
    with pytest.raises(CommandError, match="no organization"):
        call_command("lift_security_rule", "networks", organization="nobody")


def test_the_admin_api_asks_the_same_function(rf: RequestFactory, organization: Organization, rules: Rules) -> None:
    rules(networks=[OFFICE])
    organization.refresh_from_db()
    with pytest.raises(Refused) as refused:
        require_network(rf.get("/"), organization)
    assert isinstance(refused.value, PermissionDenied)
    assert refused.value.rule is Rule.NETWORKS
    require_network(rf.get("/", REMOTE_ADDR="198.51.100.1"), organization)
    assert not covers([OFFICE], address_of(rf.get("/", REMOTE_ADDR="unix:")))
