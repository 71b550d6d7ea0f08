"""Leaked keys: reported by anybody who has them, slowed down or ended, told of, and looked into."""

import json
import logging
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Organization, Project, User
from accounts.policy import Permission
from keys.actions import issue_key, revoke_key
from keys.admin.actions import issue_admin_key
from keys.admin.caller import find_admin
from keys.control.actions import issue_control_key
from keys.control.credentials import find_credential
from keys.leaks import carry_out_reports, host_of
from keys.models import ApiKey, LeakReport
from keys.secrets import new_secret
from keys.uses import reach_of
from keys.verification import find_caller
from ledger.actor import Actor
from ledger.models import AuditEvent
from notifications.models import OutboxMessage
from notifications.webhooks.actions import create_endpoint

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator()
REPORTS = "/api/v1/leak-reports"
URL = "/o/llamas-of-lisbon/keys/"


def report(*secrets: str, url: str = "https://github.com/acme/code/blob/main/.env") -> Any:
    items = [{"token": secret, "type": "llama_console_key", "url": url} for secret in secrets]
    return Client().post(REPORTS, items, content_type="application/json")


def test_a_reported_key_is_slowed_down_and_those_who_can_act_are_told(
    project: Project, owner: User, member: User, organization: Organization
) -> None:
    key, secret = issue_key(OPERATOR, project=project, name="ci", creator=member)
    create_endpoint(OPERATOR, organization_id=organization.pk, url="https://a.example", kinds=["key.leaked"])
    assert report(secret).status_code == 202
    assert carry_out_reports() == 1
    key.refresh_from_db()
    assert key.leaked_at
    assert key.leaked_on == "github.com"  # and nothing of the address's rest
    caller = find_caller(secret)
    assert caller
    assert [(rule.requests_per_minute, rule.concurrent) for rule in caller.rules] == [(10, 1)]
    told = OutboxMessage.objects.filter(kind="key-leaked", channel="email").values_list("recipient_id", flat=True)
    assert set(told) == {owner.pk, member.pk}
    assert OutboxMessage.objects.filter(kind="key.leaked").count() == 1
    event = AuditEvent.objects.get(action="key:leaked")
    assert (event.actor, event.payload["effect"], event.payload["host"]) == (
        "system:leak-report",
        "limit",
        "github.com",
    )
    assert not LeakReport.objects.exists()


def test_the_answer_is_the_same_for_keys_that_there_are_and_are_not(project: Project) -> None:
    _, known = issue_key(OPERATOR, project=project, name="ci")
    answers = [report(secret) for secret in (known, new_secret(), "llk_" + "a" * 38)]
    assert {(answer.status_code, answer.content) for answer in answers} == {(202, b'{"received": 1}')}
    # Known and unknown cost the same: a row each, and no look-up.
    assert LeakReport.objects.count() == 2
    assert ApiKey.objects.filter(leaked_at=None).count() == 1


def test_a_flood_of_reports_of_no_keys_holds_up_no_other_one(project: Project) -> None:
    key, secret = issue_key(OPERATOR, project=project, name="ci")
    flood = [LeakReport(secret_hash=number.to_bytes(32)) for number in range(1200)]
    LeakReport.objects.bulk_create(flood)
    report(secret)
    with CaptureQueriesContext(connection) as queries:
        assert carry_out_reports() == 1
    assert len(queries) < 100
    key.refresh_from_db()
    assert key.leaked_at
    assert not LeakReport.objects.exists()


def test_to_report_again_changes_nothing_more(project: Project) -> None:
    _, secret = issue_key(OPERATOR, project=project, name="ci")
    report(secret, secret)
    report(secret)
    assert carry_out_reports() == 1
    assert carry_out_reports() == 0
    assert AuditEvent.objects.filter(action="key:leaked").count() == 1


def test_a_key_that_has_ended_is_left_as_it_is(project: Project) -> None:
    key, secret = issue_key(OPERATOR, project=project, name="ci")
    revoke_key(OPERATOR, key)
    report(secret)
    assert carry_out_reports() == 0
    key.refresh_from_db()
    assert key.leaked_at is None


def test_an_installation_may_have_leaked_keys_revoked(project: Project, settings: Any) -> None:
    settings.LEAKED_KEYS = "revoke"
    _, secret = issue_key(OPERATOR, project=project, name="ci")
    report(secret)
    carry_out_reports()
    assert find_caller(secret) is None


def test_an_admin_key_carries_rights_so_it_is_revoked(organization: Organization, owner: User) -> None:
    scopes = [Permission.VIEW_KEYS]
    _, secret = issue_admin_key(OPERATOR, organization=organization, name="ci", scopes=scopes, creator=owner)
    report(secret)
    assert carry_out_reports() == 1
    assert find_admin(secret) is None
    assert AuditEvent.objects.filter(action="admin-key:leaked").count() == 1
    assert OutboxMessage.objects.filter(kind="key-leaked", channel="email", recipient_id=owner.pk).count() == 1


def test_a_control_key_speaks_for_everybody_so_it_is_revoked_and_the_log_says_so(
    caplog: pytest.LogCaptureFixture,
) -> None:
    key, secret = issue_control_key(OPERATOR, name="edge")
    report(secret)
    assert carry_out_reports() == 1
    assert find_credential(secret) is None
    assert str(key.pk) in caplog.text
    assert secret not in caplog.text


@pytest.mark.parametrize(
    "body",
    ["", "{", "{}", '"x"', "[1]", '[{"type": "x"}]', '[{"token": 1}]', '[{"token": "x", "url": 1}]', "[" * 5000],
)
def test_what_is_no_report_is_refused(body: str) -> None:
    answer = Client().post(REPORTS, body, content_type="application/json")
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"


def test_too_many_items_too_large_bodies_and_too_many_reports_are_refused(settings: Any) -> None:
    assert report(*["x"] * 501).status_code == 400
    assert report("x" * 600_000).status_code == 413
    settings.LEAK_REPORTS_PER_HOUR = 3
    assert report("x").status_code == 202
    refused = report("x")
    assert (refused.status_code, refused["Retry-After"]) == (429, "3600")


def test_only_posts_report_with_the_slash_or_without() -> None:
    assert Client().get(REPORTS).status_code == 405
    assert Client().post(REPORTS + "/", "[]", content_type="application/json").status_code == 202


def test_the_secret_is_written_nowhere(project: Project, caplog: pytest.LogCaptureFixture) -> None:
    _, secret = issue_key(OPERATOR, project=project, name="ci")
    with caplog.at_level(logging.DEBUG):
        report(secret)
        report("x", url=f"https://example.com/{secret}")
        rows = str(list(LeakReport.objects.values_list()))
        carry_out_reports()
    assert secret[4:] not in caplog.text + rows
    assert secret[4:] not in str(list(AuditEvent.objects.values_list())) + str(list(OutboxMessage.objects.values()))


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://GitHub.com/a?b", "github.com"),
        ("", ""),
        ("nothing", ""),
        ("https://a b/", ""),
        ("http://[", ""),
        ("https://olivia:pw@example.com/x", "example.com"),
    ],
)
def test_only_the_host_of_an_address_is_kept(url: str, host: str) -> None:
    assert host_of(url) == host


def test_operators_report_from_standard_input(
    project: Project, organization: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, secret = issue_key(OPERATOR, project=project, name="ci")
    _, admin = issue_admin_key(OPERATOR, organization=organization, name="ci", scopes=[])
    out = StringIO()
    lines = f"{secret} https://example.com/paste\n{admin}\n\n{new_secret()}\nrubbish\n"
    monkeypatch.setattr("sys.stdin", StringIO(lines))
    call_command("report_leak", stdout=out)
    said = out.getvalue().splitlines()
    assert [line.split(": ")[1].split(",")[0].split(" is ")[-1] for line in said] == [
        "slowed down",
        "revoked",
        "unknown",
        "no key by its form",
    ]
    assert secret not in out.getvalue()
    assert ApiKey.objects.get().leaked_on == "example.com"
    with pytest.raises(CommandError):
        call_command("report_leak", stdout=out)  # standard input is at its end


def test_the_reach_tells_new_networks_from_known_ones(key: ApiKey, use: Any) -> None:
    leaked = timezone.now() - timedelta(hours=5)
    use(key.pk, ago=timedelta(days=3), network="203.0.113.0/24")
    use(key.pk, ago=timedelta(days=40), network="192.0.2.0/24")  # longer ago than anybody remembers
    use(key.pk, ago=timedelta(hours=2), network="203.0.113.0/24", requests=3)
    use(key.pk, ago=timedelta(hours=1), network="198.51.100.0/24", requests=9, amount=7)
    use(key.pk, ago=timedelta(hours=1), network="192.0.2.0/24")
    reach = reach_of(key.pk, leaked)
    assert [share.name for share in reach.new_networks] == ["198.51.100.0/24", "192.0.2.0/24"]
    assert [(share.name, share.requests) for share in reach.models] == [("Llama", 13)]
    assert (reach.requests, reach.amount, reach.tokens) == (13, 17, 30)
    assert [share.name for share in reach.before_networks] == ["203.0.113.0/24"]


def test_the_page_of_a_leak_leads_to_rotation_and_revocation_in_one_click(
    as_owner: Client, project: Project, use: Any
) -> None:
    key, secret = issue_key(OPERATOR, project=project, name="ci")
    assert as_owner.get(f"{URL}{key.pk}/leak/").status_code == 404
    report(secret)
    carry_out_reports()
    use(key.pk, network="198.51.100.0/24")
    page = as_owner.get(f"{URL}{key.pk}/leak/").content.decode()
    assert "198.51.100.0/24" in page
    assert "New" in page
    rotated = as_owner.post(f"{URL}{key.pk}/rotation/", {"overlap": "0"})
    assert find_caller(rotated.context["secret"])
    assert find_caller(secret) is None
    other, other_secret = issue_key(OPERATOR, project=project, name="other")
    assert as_owner.post(f"{URL}{other.pk}/revocation/", {"confirmation": "other"}).status_code == 302
    assert find_caller(other_secret) is None


def test_outsiders_see_no_leak_and_members_only_look(as_member: Client, as_outsider: Client, project: Project) -> None:
    key, secret = issue_key(OPERATOR, project=project, name="ci")
    report(secret)
    carry_out_reports()
    assert as_outsider.get(f"{URL}{key.pk}/leak/").status_code == 404
    assert "Rotate, stop the old secret" not in as_member.get(f"{URL}{key.pk}/leak/").content.decode()


def test_the_fields_that_scanners_add_are_ignored() -> None:
    body = json.dumps([{"token": "x", "type": "t", "url": "", "source": "content", "more": 1}])
    assert Client().post(REPORTS, body, content_type="application/json").status_code == 202
