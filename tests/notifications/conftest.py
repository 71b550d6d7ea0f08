"""A mail server for tests of what SMTP does."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.notifications.faults.post_office import PostOffice


@pytest.fixture
def post_office(settings: Any) -> Iterator[PostOffice]:
    """A mail server that letters go to."""
    office = PostOffice()
    settings.EMAIL_BACKEND = "notifications.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", office.start(), 1
    yield office
    office.stop()
