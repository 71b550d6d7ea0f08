"""No contact's address and no link's token is in a log, a session, the outbox or any other cell, at any log level."""

import logging

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from accounts.models import BillingContact, BrowserSession
from llama_console.logs import LineFormatter
from notifications.models import OutboxMessage
from tests.accounts.billing_contacts.conftest import ADDRESS, newest_token
from tests.support import cells
from tests.support.canaries import scan_data
from tests.support.outbox import send_all

pytestmark = pytest.mark.django_db
URL = "/o/llamas-of-lisbon/billing-contacts/"


def places(log: pytest.LogCaptureFixture) -> dict[str, bytes]:
    """Return what was logged, as it is written, and every cell of the three databases."""
    lines = [LineFormatter().format(record) for record in log.records]
    found = {"log": "\n".join(lines).encode()}
    for alias in ("default", "content", "vault"):
        tables = cells.tables(connections[alias])
        found |= {f"{alias}.{table}": cells.content(connections[alias], table) for table in tables}
    return found


def leaks(log: pytest.LogCaptureFixture, **canaries: str) -> list[str]:
    return [line for place, data in places(log).items() for line in scan_data(place, data, canaries)]


def test_a_contact_leaves_their_address_and_their_link_nowhere(
    as_owner: Client, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        for wrong in (ADDRESS, ADDRESS, f"{ADDRESS}\r\nX: y", f"{ADDRESS}@"):
            as_owner.post(URL + "new/", {"email": wrong, "language": "en"})
        contact = BillingContact.objects.get()
        send_all()
        token = newest_token()
        as_owner.get(URL)
        as_owner.post(f"{URL}{contact.pk}/question/")
        as_owner.get(f"{URL}{contact.pk}/removal/")
        for _ in range(2):
            client.get(f"/contacts/{token}/")
            client.post(f"/contacts/{token}/")
    assert BrowserSession.objects.exists()
    assert OutboxMessage.objects.count() == 2
    assert "/contacts/…" in places(caplog)["log"].decode(), "a refused request is logged, without its token"
    said = {"address": ADDRESS, "folded": ADDRESS.lower(), "mailbox": ADDRESS.partition("@")[0], "token": token}
    assert leaks(caplog, **said) == []


def test_what_is_written_would_be_found(contact: BillingContact, caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("accounts").warning("to %s", ADDRESS)
    session = BrowserSession.objects.create(session_key="x", session_data=ADDRESS, expire_date=timezone.now())
    assert leaks(caplog, address=ADDRESS) == ["address in log: raw", "address in default.accounts_browsersession: raw"]
    session.delete()
