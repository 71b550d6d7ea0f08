"""No invited address and no link's token is in a log, a session, the outbox or any other cell, at any log level."""

import logging

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from accounts.models import BrowserSession, Invitation, User
from llama_console.logs import LineFormatter
from tests.accounts.invitations.conftest import NEW, newest_token, signed_in, tomorrow
from tests.support import cells
from tests.support.canaries import scan_data
from tests.support.outbox import send_all

pytestmark = pytest.mark.django_db
URL = "/o/llamas-of-lisbon/members/invitations/"
FORM = {"role": "developer", "reach": "every", "language": "en"}


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


def test_the_invited_leave_their_address_and_their_link_nowhere(
    as_owner: Client, nina: User, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        for wrong in (f"Nina <{NEW}>, x", NEW, f"{NEW}\r\nX: y", f"{NEW}@"):
            as_owner.post(f"{URL}new/", {**FORM, "addresses": wrong})
        invitation = Invitation.objects.get()
        send_all()
        token = newest_token()
        for route in ("", f"{invitation.pk}/revocation/", f"{invitation.pk}/resending/"):
            as_owner.get(URL + route)
        tomorrow()
        as_owner.post(f"{URL}{invitation.pk}/resending/")
        send_all()
        newer = newest_token()
        for each in (token, newer):
            client.get(f"/invitations/{each}/", follow=True)
            client.post(f"/invitations/{each}/")
        joining = signed_in(nina)
        assert joining.post(joining.get(f"/invitations/{newer}/")["Location"]).status_code == 302
        members = "/o/llamas-of-lisbon/members/"
        assert NEW.encode() in as_owner.post(members, {"q": NEW}).content
        as_owner.get(f"{members}export/").getvalue()  # type: ignore[attr-defined]
    assert BrowserSession.objects.exists()
    assert not Invitation.objects.exists()
    assert "/invitations/…" in places(caplog)["log"].decode(), "a refused request is logged, without its token"
    mailbox = NEW.partition("@")[0]
    said = {"address": NEW, "folded": NEW.lower(), "mailbox": mailbox, "token": token, "newer": newer}
    assert leaks(caplog, **said) == []


def test_what_is_written_would_be_found(invitation: Invitation, caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("accounts").warning("to %s", NEW)
    session = BrowserSession.objects.create(session_key="x", session_data=NEW, expire_date=timezone.now())
    assert leaks(caplog, address=NEW) == ["address in log: raw", "address in default.accounts_browsersession: raw"]
    session.delete()
