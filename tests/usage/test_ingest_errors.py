"""Reported events that do not count: few rows, for who sees the whole organization's usage, for thirty days."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.actions import change_role, create_project
from accounts.models import Organization, Role, User
from ledger.actor import Actor
from tests.admin_api.conftest import Caller, olivia, otto, program  # noqa: F401  fixtures
from usage import ingest_errors
from usage.ingest_errors import NOBODY, Refused
from usage.models import IngestError
from usage.tasks import purge_ingest_errors

pytestmark = pytest.mark.django_db
PAGE = "/o/llamas-of-lisbon/usage/ingest-errors/"
NEGATIVE = "Expected `int` >= 0 - at `$.data.prompt_tokens`"


def refused(organization: Organization, **more: Any) -> Refused:
    given = {"code": "invalid", "detail": NEGATIVE, "at": timezone.now(), "event_id": "chatcmpl-1"} | more
    return Refused(organization.pk, **given)


def test_the_page_tells_reasons_counts_and_the_last_event(as_member: Client, organization: Organization) -> None:
    ingest_errors.add([(refused(organization, at=timezone.now() - timedelta(hours=3)), 1233)])
    ingest_errors.add([(refused(organization, event_id="<b>chatcmpl-2"), 1)])
    ingest_errors.add([(refused(organization, code="unknown_model", detail="There is no such model."), 5)])
    page = as_member.get(PAGE)
    shown = page.content.decode()
    assert [(row.code, row.count) for row in page.context["rows"]] == [("unknown_model", "5"), ("invalid", "1,234")]
    for text in ("&lt;b&gt;chatcmpl-2", "Expected `int` &gt;= 0", "No such model"):
        assert text in shown


def test_an_organization_without_any_is_told_so(as_member: Client, organization: Organization) -> None:
    assert "Every reported event counts" in as_member.get(PAGE).content.decode()


def test_it_is_another_organization_s_to_nobody(
    as_outsider: Client,
    organization: Organization,
    otto: Caller,  # noqa: F811
) -> None:
    ingest_errors.add([(refused(organization), 1)])
    assert as_outsider.get(PAGE).status_code == 404
    assert "Every reported event counts" in as_outsider.get("/o/outsiders/usage/ingest-errors/").content.decode()
    assert otto.ask("usage/ingest-errors/").json()["data"] == []


def test_who_sees_some_projects_alone_does_not_see_it(
    as_member: Client, organization: Organization, member: User
) -> None:
    other = create_project(Actor.operator(), organization=organization, name="Other")
    membership = organization.memberships.get(user=member)
    change_role(Actor.operator(), membership=membership, role=Role.DEVELOPER, projects={other.pk: Role.DEVELOPER})
    assert as_member.get(PAGE).status_code == 403
    assert PAGE not in as_member.get("/o/llamas-of-lisbon/requests/").content.decode()
    assert program(organization, member).ask("usage/ingest-errors/").status_code == 403


def test_programs_read_it_by_hour(olivia: Caller, organization: Organization) -> None:  # noqa: F811
    ingest_errors.add([(refused(organization), 2)])
    ingest_errors.add([(refused(organization, code="too_old", detail="Old."), 3)])
    (row,) = olivia.ask("usage/ingest-errors/", code="invalid").json()["data"]
    assert (row["detail"], row["count"], row["last_event_id"], row["hour"][14:]) == (
        NEGATIVE,
        2,
        "chatcmpl-1",
        "00:00Z",
    )
    assert len(olivia.ask("usage/ingest-errors/").json()["data"]) == 2


def test_an_hour_has_one_row_a_reason_however_many_there_are(organization: Organization) -> None:
    at = timezone.now().replace(minute=0)
    for number in range(50):
        ingest_errors.add(
            [(refused(organization, at=at + timedelta(minutes=number), event_id="x" * 100 + str(number)), 2)]
        )
    (row,) = IngestError.objects.all()
    assert (row.count, row.last_event_id, row.last_at) == (100, "x" * 64, at + timedelta(minutes=49))


def test_what_is_of_nobody_is_kept_apart(organization: Organization) -> None:
    nobodys = Refused(NOBODY, "unknown_key", "There is no such key.", timezone.now(), "1")
    for _ in range(2):
        ingest_errors.add([(nobodys, 1), (refused(organization), 1)])
    assert dict(IngestError.objects.values_list("organization_id", "count")) == {NOBODY: 2, organization.pk: 2}
    ingest_errors.add([])


def test_they_are_forgotten_after_thirty_days(as_member: Client, organization: Organization) -> None:
    for days in (29, 31):
        ingest_errors.add([(refused(organization, at=timezone.now() - timedelta(days=days)), 1)])
    purge_ingest_errors()
    assert IngestError.objects.count() == 1


def test_the_request_log_leads_there(as_member: Client, organization: Organization) -> None:
    assert PAGE in as_member.get("/o/llamas-of-lisbon/requests/").content.decode()
