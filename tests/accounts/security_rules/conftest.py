"""Olivia's organization with rules, and requests that come from where a test wants them."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import Organization, SecuritySettings

HOME = "/o/llamas-of-lisbon/"
PAGE = HOME + "security/"
Rules = Callable[..., SecuritySettings]


@pytest.fixture
def rules(organization: Organization) -> Rules:
    """Set rules as they stand in the table, whoever set them."""

    def run(**values: Any) -> SecuritySettings:
        return SecuritySettings.objects.update_or_create(organization=organization, defaults=values)[0]

    return run


def text_of(answer: Any) -> str:
    text: str = answer.content.decode()
    return " ".join(text.split())


def asks_again(client: Client, path: str = HOME) -> bool:
    """Tell whether the page leads to confirming, and back to it."""
    answer = client.get(path)
    return answer.status_code == 302 and str(answer["Location"]).startswith("/account/confirm/?next=%2Fo%2F")
