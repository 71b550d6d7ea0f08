"""The data-access page: for owners and admins, complete, of their own organization, in few queries."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock

import pytest
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Organization, User
from ledger.ids import new_id
from ledger.leaves import Entry
from ledger.models import LeafType
from tests.trust.conftest import HOSTILE, URL, Record

pytestmark = pytest.mark.django_db
ROUTES = ["", "data-access.csv", "bundle.json", "verify_ledger.py"]


def page(client: Client, **query: str) -> str:
    answer = client.get(URL, query)
    assert answer.status_code == 200
    return answer.content.decode()


def entries(client: Client, **query: str) -> list[Any]:
    rows: list[Any] = client.get(URL, query).context["rows"]
    return rows


# Who may see it


@pytest.mark.parametrize("route", ROUTES)
def test_a_member_of_a_lower_role_is_refused_in_a_clear_sentence(as_member: Client, route: str) -> None:
    answer = as_member.get(URL + route)
    assert answer.status_code == 403
    assert b"Only owners and admins" in answer.content


@pytest.mark.parametrize("route", ROUTES)
def test_a_foreign_organization_is_like_a_missing_one(
    as_outsider: Client, organization: Organization, route: str
) -> None:
    foreign, missing = as_outsider.get(URL + route), as_outsider.get(f"/o/nobody/data-access/{route}")
    assert foreign.status_code == missing.status_code == 404
    assert foreign.content == missing.content


@pytest.mark.parametrize("route", ROUTES)
def test_a_visitor_is_asked_to_sign_in(client: Client, organization: Organization, route: str) -> None:
    assert client.get(URL + route)["Location"].startswith("/sign-in/?next=")


@pytest.mark.parametrize("route", ROUTES)
def test_nothing_can_be_posted(as_owner: Client, route: str) -> None:
    assert as_owner.post(URL + route).status_code == 405


def test_an_owner_and_an_admin_see_it(as_owner: Client, as_admin: Client, record: Record) -> None:
    record()
    assert "<b>1 time</b>" in page(as_owner)
    assert "<b>1 time</b>" in page(as_admin)


def test_entries_of_another_tenant_are_not_shown(as_owner: Client, outsider: User, record: Record) -> None:
    record(case="our-case")
    record(tenant=outsider.pk, case="foreign-case")
    record(tenant=outsider.memberships.get().organization_id, case="foreign-case")
    shown = page(as_owner) + as_owner.get(URL + "data-access.csv").getvalue().decode()
    assert "our-case" in shown
    assert "foreign-case" not in shown
    assert "<b>1 time</b>" in shown


def test_looking_opens_no_name(as_owner: Client, owner: User, record: Record) -> None:
    record(actor=f"user:{owner.pk}", purpose="authorization")
    record(actor=f"user:{new_id()}", purpose="authorization")
    shown = page(as_owner, by="members")
    assert "Olivia" not in shown
    assert "You" in shown
    assert "A member" in shown


# What it says


def test_without_an_opening_it_says_so_and_never_for_a_time_before_the_organization(as_owner: Client) -> None:
    shown = page(as_owner)
    assert "<b>0 times</b>" in shown
    assert "Not by a person, not by a system." in shown
    assert "1 sealed day" in shown


def test_an_opening_under_legal_obligation_is_said_in_the_headline(as_owner: Client, record: Record) -> None:
    record()
    assert "Never under legal obligation." in page(as_owner)
    record(purpose="legal-obligation", actor="staff:7", case="order 12")
    assert "1 under legal obligation." in page(as_owner)
    assert "Never" not in page(as_owner)


def test_a_person_without_a_grant_is_pointed_out(as_owner: Client, record: Record) -> None:
    record(purpose="support-request", actor="staff:7", grant=new_id())
    assert "each under a grant" in page(as_owner)
    record(purpose="support-request", actor="staff:7")
    assert "1 without a grant" in page(as_owner)


@pytest.mark.parametrize(
    ("purpose", "actor"), [("curiosity", "staff:7"), ("own-account", "operator:command-line"), ("", "staff:7")]
)
def test_what_fits_no_heading_is_counted_and_shown(as_owner: Client, record: Record, purpose: str, actor: str) -> None:
    record(purpose=purpose, actor=actor)
    shown = page(as_owner)
    assert "<b>1 time</b>" in shown
    assert "By somebody else" in shown
    assert len(entries(as_owner)) == len(entries(as_owner, by="other")) == 1


@pytest.mark.parametrize("actor", ["system:notifications", "operator:command-line"])
def test_a_role_that_the_program_reads_counts_as_opened_by_a_system(
    as_owner: Client, record: Record, actor: str
) -> None:
    record(purpose="authorization", actor=actor)
    shown = page(as_owner)
    assert "1 by a system" in shown
    assert "By somebody else" not in shown
    assert len(entries(as_owner, by="system")) == 1


def test_own_members_are_not_in_the_headline_but_a_link_away(as_owner: Client, owner: User, record: Record) -> None:
    record(3, purpose="own-account", actor=f"user:{owner.pk}")
    assert "own account 3 times" in page(as_owner)
    assert "<b>0 times</b>" in page(as_owner)
    assert {row.purpose for row in entries(as_owner, by="members")} == {"Own account", "Authorization"}
    assert {row.purpose for row in entries(as_owner, purpose="own-account")} == {"Own account"}


def test_a_refusal_is_no_opening_and_can_be_read(as_owner: Client, record: Record) -> None:
    record(type=LeafType.REFUSAL, actor="staff:7", purpose="support-request", code="no-grant")
    shown = page(as_owner, show="refusals")
    assert "<b>0 times</b>" in shown
    assert "1 attempt was refused" in shown
    assert "no-grant" in shown


def test_an_entry_tells_its_grant_from_start_to_end(as_owner: Client, record: Record) -> None:
    grant = new_id()
    record(type=LeafType.GRANT_STARTED, actor="staff:lead", purpose="support-request", grant=grant, until="noon")
    record(actor="staff:7", purpose="support-request", grant=grant, case="ticket 4821")
    record(type=LeafType.GRANT_CLOSED, actor="staff:lead", purpose="support-request", grant=grant)
    row = entries(as_owner)[0]
    assert [line.title for line in row.grant_lines] == ["Started", "Closed"]
    assert row.case == "ticket 4821"
    assert [row.state for row in entries(as_owner, show="grants")] == ["Grant closed", "Grant started"]


def test_key_changes_need_no_purpose(as_owner: Client, record: Record) -> None:
    record(type=LeafType.ROTATION, actor="operator:command-line", purpose="", what="root", plane="data")
    assert [row.purpose for row in entries(as_owner, show="keys", purpose="sms", by="person")] == ["Key rotated"]


# Filters


def test_filters_by_purpose_and_by_who_opened(as_owner: Client, record: Record) -> None:
    record(2)
    record(purpose="sms")
    record(purpose="support-request", actor="staff:7")
    assert len(entries(as_owner)) == 4
    assert len(entries(as_owner, purpose="email-notification")) == 2
    assert len(entries(as_owner, by="system")) == 3
    assert len(entries(as_owner, by="person")) == 1
    assert "No entry matches" in page(as_owner, purpose="sms", by="person")


@pytest.mark.parametrize("show", ["", "openings", "refusals", "both", "grants", "keys"])
@pytest.mark.parametrize("by", ["", "person", "system", "members", "other"])
def test_the_count_is_that_of_the_rows_under_every_filter(
    as_owner: Client, owner: User, record: Record, show: str, by: str
) -> None:
    for kind in LeafType:
        for actor in (f"user:{owner.pk}", "key:1", "staff:7", "system:x", "operator:command-line"):
            for purpose in ("", "sms", "authorization", "support-request", "curiosity"):
                record(type=kind, actor=actor, purpose=purpose)
    answer = as_owner.get(URL, {"show": show, "by": by})
    context = answer.context
    assert context["page"].paginator.count == context["report"].entries().count()


def test_a_period_holds_what_is_in_it(as_owner: Client, organization: Organization, record: Record) -> None:
    now = datetime.now(UTC)
    for days in (300, 80, 20, 3, 0):
        _at(now - timedelta(days=days), record)
    assert [len(entries(as_owner, range=preset)) for preset in ("7d", "30d", "90d", "12m")] == [2, 3, 4, 5]
    marks = as_owner.get(URL, {"range": "12m"}).context["report"].lanes()[1].lanes[0].marks
    assert sum(int(re.search(r", (\d+) opening", mark.title)[1]) for mark in marks) == 5  # type: ignore[index]


@pytest.mark.parametrize(
    "query", [{"range": "24h"}, {"range": "x"}, {"page": "-1"}, {"page": "x"}, {"by": HOSTILE}, {"purpose": HOSTILE}]
)
def test_unknown_values_fall_back(as_owner: Client, record: Record, query: dict[str, str]) -> None:
    record()
    assert HOSTILE not in page(as_owner, **query)
    assert len(entries(as_owner, **query)) == 1


def test_pages_of_fifty_keep_the_filters(as_owner: Client, record: Record) -> None:
    record(60)
    assert len(entries(as_owner, purpose="email-notification")) == 50
    assert len(entries(as_owner, page="2")) == 10
    assert "purpose=email-notification&amp;page=2" in page(as_owner, purpose="email-notification")


def test_a_filter_loads_the_part_below_alone(as_owner: Client, record: Record) -> None:
    record()
    part = as_owner.get(URL, headers={"HX-Request": "true", "HX-Target": "access"}).content.decode()
    assert part.lstrip().startswith('<div id="access"')
    assert "<html" not in part


# What may be in a body


def test_text_in_a_body_stays_text(as_owner: Client, record: Record) -> None:
    record(
        actor=f"staff:{HOSTILE}", purpose="curiosity", case=HOSTILE, fields=[HOSTILE], subjects=[HOSTILE],
        code=HOSTILE, **{HOSTILE: HOSTILE},
    )  # fmt: skip
    shown = page(as_owner)
    assert "<script>alert" not in shown
    assert shown.count("&lt;script&gt;alert") > 4


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"x"', "[" * 10_000, '{"fields": 3, "subjects": {"a": [1]}}'])
def test_a_body_that_cannot_be_read_is_shown_as_such(as_owner: Client, record: Record, text: str) -> None:
    with mock.patch.object(Entry, "body", return_value=text):
        record()
    assert len(entries(as_owner)) == 1
    assert as_owner.get(URL + "data-access.csv").getvalue()


def test_very_long_lists_are_told_in_short(as_owner: Client, record: Record) -> None:
    record(fields=[f"accounts.User.f{n}" for n in range(500)], subjects=[str(new_id()) for _ in range(2000)])
    row = entries(as_owner)[0]
    assert row.fields.endswith("and 498 more")
    assert row.records == "2,000 people"
    assert len(page(as_owner)) < 60_000


# Cost


def test_queries_do_not_grow_with_leaves(as_owner: Client, record: Record) -> None:
    counts = []
    for leaves in (1, 200):
        record(leaves, purpose="support-request", actor="staff:7", grant=new_id())
        with CaptureQueriesContext(connections["vault"]) as vault, CaptureQueriesContext(connections["default"]) as own:
            as_owner.get(URL)
        counts.append((len(vault), len(own)))
    assert counts[0] == counts[1]
    assert counts[1][0] < 22


def _at(moment: datetime, record: Record) -> None:
    with mock.patch("ledger.append.time.time_ns", return_value=int(moment.timestamp() * 1e9)):
        record()
