"""schemathesis over the whole schema, with every check it has, against a server: nothing that it thinks of fails."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.servers.basehttp import WSGIRequestHandler

from accounts.actions import add_member, create_organization, invite
from accounts.actions.invitations import Offer
from accounts.models import Role
from accounts.policy import Access
from billing.actions.terms import set_terms
from billing.models import CreditLot, Mode, Refund
from keys.admin.actions import issue_admin_key
from ledger.actor import Actor
from ledger.ids import new_id
from notifications.models import Delivery
from notifications.webhooks.actions import create_endpoint
from tests.admin_api.conftest import program
from tests.billing.rail.conftest import buy, hear
from tests.catalog.conftest import price, served
from tests.conftest import MIRA, OLIVIA, person
from tests.support.stripe import Stripe

# Without the network nobody can add an endpoint: there is one, for all operations but its deletion. And the key that
# the run goes by must not revoke itself.
_CONFIG = """
[[operations]]
include-path-regex = "/webhooks/"
exclude-method = "DELETE"
parameters = {{ "path.endpoint_id" = "{endpoint}", "path.delivery_id" = "{delivery}" }}

[[operations]]
include-path-regex = "/members/|/admin-keys/"
parameters = {{ "path.member_id" = "{member}", "path.admin_key_id" = "{other}" }}

[[operations]]
include-path-regex = "/invitations/|/domains/"
exclude-method = "DELETE"
parameters = {{ "path.invitation_id" = "{invitation}", "path.domain_id" = "{domain}" }}

# What a chain of requests found in a list and deleted is what the ones after it go by.
[[operations]]
include-path-regex = "/invitations/|/domains/"
include-method = "DELETE"
phases.stateful.enabled = false

[[operations]]
include-path-regex = "/top-ups/|/refunds/"
parameters = {{ "path.top_up_id" = "{purchase}", "path.refund_id" = "{refund}" }}

[[operations]]
include-path-regex = "/prices/"
parameters = {{ "path.model" = "{model}" }}
"""
EXAMPLES = 3  # of each operation and phase


@pytest.fixture(autouse=True)
def _small_answers_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Django's own server writes head and body apart, and the second would wait 40 ms for the first one's receipt."""
    monkeypatch.setattr(WSGIRequestHandler, "disable_nagle_algorithm", True)


@pytest.mark.django_db(transaction=True)
def test_nothing_that_schemathesis_thinks_of_fails(
    live_server: Any, settings: Any, tmp_path: Path, stripe: Stripe
) -> None:
    settings.ADMIN_API_PER_MINUTE = 1_000_000
    settings.SPECTACULAR_SETTINGS = settings.SPECTACULAR_SETTINGS | {"SERVERS": [{"url": live_server.url}]}
    olivia, mira = (person(each.email, name=each.name) for each in (OLIVIA, MIRA))
    llamas = create_organization(Actor.operator(), name="Llamas", owner=olivia, contact=OLIVIA)
    add_member(Actor.operator(), organization=llamas, user=mira, role=Role.VIEWER, contact=MIRA)
    # An operator's key: the run may take away the rights of every member.
    secret = program(llamas, None).secret
    endpoint, _ = create_endpoint(
        Actor.operator(), organization_id=llamas.pk, url="https://a.example", kinds=["key.created"]
    )
    purchase = buy(set_terms(Actor.operator(), llamas.pk, mode=Mode.PREPAID), 500)
    stripe.submit(purchase.stripe_session)  # there is a receipt
    hear(stripe)
    lot = CreditLot.objects.create(organization_id=llamas.pk, kind="paid", granted=5, remaining=0)
    refund = Refund.objects.create(organization_id=llamas.pk, lot=lot, top_up=purchase, cents=1)
    delivery = Delivery.objects.create(endpoint=endpoint, message_id=new_id(), kind="key.created", duration=1)
    other, _ = issue_admin_key(Actor.operator(), organization=llamas, name="other", scopes=[])
    offer = Offer(Access(Role.VIEWER), "en")
    invite(Actor.operator(), organization=llamas, addresses=["nina@example.com"], offer=offer)
    config = _CONFIG.format(
        endpoint=endpoint.pk,
        delivery=delivery.pk,
        member=mira.pk,
        other=other.pk,
        purchase=purchase.pk,
        refund=refund.pk,
        invitation=llamas.invitations.get().pk,
        domain=llamas.domains.create(domain="example.com", token="token").pk,
        model=price(served()).model_id,
    )
    (tmp_path / "schemathesis.toml").write_text(config)
    done = subprocess.run(
        _command(live_server.url, secret), cwd=tmp_path, capture_output=True, text=True, timeout=1200, check=False
    )
    assert done.returncode == 0, done.stdout[-20_000:]


def _command(url: str, secret: str) -> list[str]:
    return [
        str(Path(sys.executable).with_name("schemathesis")),
        "run",
        f"{url}/api/v1/schema/",
        "--url",
        url,
        "--header",
        f"Authorization: Bearer {secret}",
        "--checks",
        "all",
        "--max-examples",
        str(EXAMPLES),
        "--seed",
        "1",
        "--generation-database",
        "none",
        "--suppress-health-check",
        "all",
        "--no-color",
    ]
