"""The phone: text messages sent through an endpoint shaped like Twilio's, the newest 200 in memory only.

Refusals carry Twilio's own codes, so that a transport written against it can tell them apart. Twilio's magic numbers
are refused as Twilio refuses them, and three more play a provider in trouble.
"""

import itertools
import re
import uuid
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime

from notifications.sms.segments import encoding, segments

MOST = 200
LONGEST = 1600  # characters
REFUSED = {
    "+15005550001": (21211, "The 'To' number is not a valid phone number."),
    "+15005550002": (21612, "The 'To' number cannot be reached."),
    "+15005550003": (21408, "No permission to send to this region."),
    "+15005550004": (21610, "The recipient has replied STOP."),
    "+15005550009": (21614, "The 'To' number is not a mobile number."),
}
BUSY, BROKEN, SILENT = "+15005550029", "+15005550050", "+15005550099"
_NUMBER = re.compile(r"\+[1-9]\d{6,14}")
_CODE = re.compile(r"(?<!\d)\d{4,8}(?!\d)")


class SmsError(Exception):
    """A message Twilio would not take."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code

    def as_json(self, status: int) -> dict[str, object]:
        more = f"https://www.twilio.com/docs/errors/{self.code}"
        return {"code": self.code, "message": str(self), "more_info": more, "status": status}


@dataclass(frozen=True, slots=True)
class Sms:
    id: int
    sid: str
    account: str
    sender: str
    service: str
    to: str
    body: str
    at: datetime

    def code(self) -> str:
        """Return the code a phone would offer to fill in."""
        found = _CODE.search(self.body)
        return found[0] if found else ""

    def encoding(self) -> str:
        return encoding(self.body)

    def segments(self) -> int:
        return segments(self.body)

    def as_json(self) -> dict[str, object]:
        return {
            "id": self.id,
            "sid": self.sid,
            "from": self.sender,
            "to": self.to,
            "body": self.body,
            "code": self.code(),
            "at": self.at.isoformat(),
        }

    def as_twilio(self) -> dict[str, object]:
        uri = f"/2010-04-01/Accounts/{self.account}/Messages/{self.sid}"
        return {
            "account_sid": self.account,
            "api_version": "2010-04-01",
            "body": self.body,
            "date_created": format_datetime(self.at),
            "date_sent": None,
            "date_updated": format_datetime(self.at),
            "direction": "outbound-api",
            "error_code": None,
            "error_message": None,
            "from": self.sender or None,
            "messaging_service_sid": self.service or None,
            "num_media": "0",
            "num_segments": str(self.segments()),
            "price": None,
            "price_unit": "USD",
            "sid": self.sid,
            "status": "queued",
            "subresource_uris": {"media": f"{uri}/Media.json"},
            "to": self.to,
            "uri": f"{uri}.json",
        }


class Phone:
    def __init__(self) -> None:
        self._messages: deque[Sms] = deque(maxlen=MOST)
        self._ids = itertools.count(1)

    def newest_first(self) -> list[Sms]:
        return list(reversed(self._messages))

    def by_number(self) -> dict[str, list[Sms]]:
        """Return each number's messages, newest first; the number that rang last comes first."""
        threads: dict[str, list[Sms]] = {}
        for sms in self.newest_first():
            threads.setdefault(sms.to, []).append(sms)
        return threads

    def empty(self) -> None:
        self._messages.clear()

    def receive(self, account: str, form: Mapping[str, str]) -> Sms:
        """Take a message in Twilio's form fields, or raise `SmsError`."""
        to, body = form.get("To", ""), form.get("Body", "")
        sender, service = form.get("From", ""), form.get("MessagingServiceSid", "")
        if not to:
            raise SmsError(21604, "A 'To' phone number is required.")
        if not sender and not service:
            raise SmsError(21603, "A 'From' phone number is required.")
        if not body:
            raise SmsError(21602, "Message body is required.")
        if not _NUMBER.fullmatch(to):
            raise SmsError(21211, f"The 'To' number {to} is not a valid phone number.")
        if to in REFUSED:
            raise SmsError(*REFUSED[to])
        if len(body) > LONGEST:
            raise SmsError(21617, f"The concatenated message body exceeds the {LONGEST} character limit.")
        sid = f"SM{uuid.uuid4().hex}"
        sms = Sms(next(self._ids), sid, account, sender, service, to, body, datetime.now(UTC))
        self._messages.append(sms)
        return sms
