"""An organization with a provider that works and a domain that is verified."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone

from accounts.actions import sso
from accounts.models import IdentityProvider, Organization
from accounts.sso import metadata
from ledger.actor import Actor
from tests.support.dns import Records, serving
from tests.support.identity import CLIENT_ID, CLIENT_SECRET, Provider, running

OPERATOR = Actor.operator()


@pytest.fixture(autouse=True)
def _nothing_known() -> None:
    metadata.forget()


@pytest.fixture
def provider() -> Iterator[Provider]:
    with running() as server:
        yield server


@pytest.fixture
def records(settings: Any) -> Iterator[Records]:
    with serving() as found:
        settings.DNS_RESOLVER = f"127.0.0.1:{found.port}"
        yield found


def prove(organization: Organization, domain: str) -> None:
    organization.domains.create(domain=domain, token="t" * 43, verified_at=timezone.now())


@pytest.fixture
def setup(provider: Provider) -> sso.Setup:
    return sso.Setup(provider.issuer, CLIENT_ID, CLIENT_SECRET, makes_accounts=True, newcomers="developer")


@pytest.fixture
def connected(organization: Organization, setup: sso.Setup) -> IdentityProvider:
    prove(organization, "example.com")
    return sso.set_up(OPERATOR, organization, setup)


@pytest.fixture
def enforced(connected: IdentityProvider) -> IdentityProvider:
    IdentityProvider.objects.update(is_enforced=True)
    connected.refresh_from_db()
    return connected
