"""A mail server for tests of what SMTP does, and a letter about whatever a test says."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.notifications.faults.post_office import PostOffice

TEMPLATES = Path(__file__).parent / "templates"


@pytest.fixture
def post_office(settings: Any) -> Iterator[PostOffice]:
    """A mail server that Django's own backend sends to."""
    office = PostOffice()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", office.start(), 1
    yield office
    office.stop()


@pytest.fixture
def _letter_templates(settings: Any) -> None:
    settings.TEMPLATES = [settings.TEMPLATES[0] | {"DIRS": [*settings.TEMPLATES[0]["DIRS"], TEMPLATES]}]
