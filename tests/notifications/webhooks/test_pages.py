"""The pages: for owners and admins of the organization alone."""

from uuid import uuid4

import pytest
from django.test import Client

from accounts.models import Organization, User
from accounts.once import new_once
from ledger.models import AuditEvent
from notifications.models import Delivery, Endpoint, OutboxMessage
from notifications.webhooks.actions import create_endpoint
from tests.notifications.webhooks.conftest import OPERATOR, Receiver

pytestmark = pytest.mark.django_db
URL = "/o/llamas-of-lisbon/webhooks/"
Made = tuple[Endpoint, str]


@pytest.fixture
def routes(made: Made) -> list[str]:
    endpoint = made[0]
    tried = Delivery.objects.create(endpoint=endpoint, message_id=uuid4(), kind="key.created", duration=1, status=200)
    own = [f"{endpoint.pk}/{part}" for part in ("", "change/", "rotation/", "deletion/", "test/")]
    return ["", "new/", *own, f"{endpoint.pk}/deliveries/{tried.pk}/redelivery/"]


def test_a_lower_role_is_refused_everywhere(as_member: Client, routes: list[str]) -> None:
    for route in routes:
        post_only = route.endswith(("test/", "redelivery/"))
        answer = as_member.post(URL + route) if post_only else as_member.get(URL + route)
        assert answer.status_code == 403, route
    assert Endpoint.objects.count() == 1


def test_a_foreign_organization_or_endpoint_is_like_a_missing_one(as_outsider: Client, routes: list[str]) -> None:
    for route in routes:
        send = as_outsider.post if route.endswith(("test/", "redelivery/")) else as_outsider.get
        assert send(URL + route).status_code == 404, route
        if "-" in route:
            foreign = send(f"/o/outsiders/webhooks/{route}")
            missing = send(f"/o/outsiders/webhooks/{uuid4()}{route[36:]}")
            assert foreign.status_code == missing.status_code == 404
            assert foreign.content == missing.content
    assert not OutboxMessage.objects.exists()


def test_the_owner_adds_rotates_changes_and_deletes(as_owner: Client, receiver: Receiver) -> None:
    form = {"url": receiver.url, "kinds": ["key.created"], "once": new_once()}
    page = as_owner.post(URL + "new/", form)
    assert page.context["secret"].startswith("whsec_")
    assert "no-store" in page["Cache-Control"]
    assert as_owner.post(URL + "new/", form).status_code == 302
    own = f"{URL}{Endpoint.objects.get().pk}/"
    assert page.context["secret"] not in as_owner.get(own).content.decode()
    assert as_owner.post(own + "rotation/", {"once": new_once()}).context["secret"].startswith("whsec_")
    assert as_owner.post(own + "test/").status_code == 302
    assert OutboxMessage.objects.get().kind == "webhook.test"
    assert as_owner.post(own + "change/", {**form, "kinds": ["key.revoked"]}).status_code == 302
    assert not Endpoint.objects.get().is_enabled
    assert as_owner.post(own + "deletion/", {"confirmation": "x"}).status_code == 422
    host = receiver.url.split("/")[2]
    assert as_owner.post(own + "deletion/", {"confirmation": host}).status_code == 302
    actions = list(
        AuditEvent.objects.filter(action__startswith="webhook:").order_by("pk").values_list("action", flat=True)
    )
    assert actions == [f"webhook:{what}" for what in ("created", "rotated", "changed", "deleted")]


def test_a_private_address_and_no_event_are_refused(as_owner: Client, organization: Organization) -> None:
    page = as_owner.post(URL + "new/", {"url": "https://127.0.0.1/"})
    assert page.status_code == 422
    assert "private network" in page.content.decode()
    assert not Endpoint.objects.exists()


def test_pages_show_hostile_and_long_text_inert(as_owner: Client, made: Made, routes: list[str]) -> None:
    Endpoint.objects.update(description="<script>alert(1)</script>" * 4)
    for route in routes[:6]:
        page = as_owner.get(URL + route)
        assert page.status_code == 200
        assert "<script>alert" not in page.content.decode()


def test_queries_do_not_grow_with_endpoints(
    as_owner: Client, organization: Organization, owner: User, django_assert_max_num_queries: object
) -> None:
    for _ in range(15):
        create_endpoint(OPERATOR, organization_id=organization.pk, url="https://example.com/", kinds=["key.created"])
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        assert as_owner.get(URL).status_code == 200
