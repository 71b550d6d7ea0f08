from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from accounts.models import Organization
from catalog.models import Model
from tests.support.gateway_stand_in import StandIn, gateway

PAGE = "/o/llamas-of-lisbon/playground/"


@pytest.fixture
def stand_in(settings: Any) -> Iterator[StandIn]:
    with gateway() as running:
        settings.GATEWAY_URL = running.url
        yield running


@pytest.fixture
def llama(organization: Organization) -> Model:
    return Model.objects.create(name="llama", title="Llama", upstream_name="llama")


def call(client: Client, **more: Any) -> Any:
    """Send a call from the playground."""
    body: dict[str, Any] = {"model": "llama", "project": "default", "stream": True}
    body["messages"] = [{"role": "user", "content": "Hi"}]
    return client.post(f"{PAGE}completions/", {**body, **more}, content_type="application/json")
