"""The mailbox: takes every mail that is sent, and keeps the newest 200 in memory only.

Mail is hostile until shown otherwise: a broken header, an unknown charset or a lone surrogate
must neither lose the mail nor break a page.
"""

import asyncio
import email
import email.policy
import itertools
import re
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import cast

from aiosmtpd.smtp import SMTP, Envelope, Session

MOST = 200
LARGEST = 10 * 1024 * 1024  # bytes
_LINK = re.compile(r"https?://[^\s<>\"'`\\]+")
_AFTER_LINK = ".,;:!?)]}*_"


@dataclass(frozen=True, slots=True)
class Mail:
    id: int
    sender: str
    to: str
    subject: str
    at: datetime
    text: str
    html: str
    links: tuple[str, ...]

    def as_json(self) -> dict[str, object]:
        """`to` holds the addresses of the envelope, comma-separated; `links` come in the order of the text."""
        return {
            "id": self.id,
            "from": self.sender,
            "to": self.to,
            "subject": self.subject,
            "at": self.at.isoformat(),
            "text": self.text,
            "links": list(self.links),
        }


class Mailbox:
    """Also the handler that aiosmtpd calls for each mail."""

    def __init__(self) -> None:
        self._mails: deque[Mail] = deque(maxlen=MOST)
        self._ids = itertools.count(1)

    def newest_first(self) -> list[Mail]:
        return list(reversed(self._mails))

    def get(self, number: int) -> Mail | None:
        return next((mail for mail in self._mails if mail.id == number), None)

    def empty(self) -> None:
        self._mails.clear()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        content = envelope.content or b""
        raw = content if isinstance(content, bytes) else content.encode()
        self._mails.append(read(raw, next(self._ids), envelope.rcpt_tos, envelope.mail_from or ""))
        return "250 OK"


async def serve(mailbox: Mailbox, port: int) -> asyncio.Server:
    loop = asyncio.get_running_loop()

    def session() -> SMTP:
        return SMTP(mailbox, data_size_limit=LARGEST, enable_SMTPUTF8=True, hostname="localhost", loop=loop)

    return await loop.create_server(session, "127.0.0.1", port)


def read(raw: bytes, number: int, recipients: Iterable[str], sender: str) -> Mail:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    text, html = _body(message, "plain"), _body(message, "html")
    return Mail(
        id=number,
        sender=_header(message, "From") or _clean(sender),
        to=_clean(", ".join(recipients)),
        subject=_header(message, "Subject") or "(no subject)",
        at=datetime.now(UTC),
        text=text,
        html=html,
        links=tuple(dict.fromkeys([*links_in(text), *_hrefs(html)])),
    )


def links_in(text: str) -> list[str]:
    return [found.rstrip(_AFTER_LINK) for found in _LINK.findall(text)]


def pieces(text: str) -> Iterable[tuple[str, bool]]:
    """Yield the text in pieces, each with whether it is a link."""
    at = 0
    for match in _LINK.finditer(text):
        link = match[0].rstrip(_AFTER_LINK)
        yield text[at : match.start()], False
        yield link, True
        at = match.start() + len(link)
    yield text[at:], False


class _Hrefs(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        href = dict(attrs).get("href") or ""
        if tag == "a" and _LINK.fullmatch(href):
            self.found.append(href)


def _hrefs(html: str) -> list[str]:
    parser = _Hrefs()
    with suppress(AssertionError):  # some broken declarations; what was found before them stays
        parser.feed(html)
    return parser.found


def _header(message: EmailMessage, name: str) -> str:
    try:
        return _clean(str(message[name] or ""))
    except Exception:  # the header parser fails in many ways on malformed input
        return ""


def _body(message: EmailMessage, kind: str) -> str:
    try:
        part = message.get_body((kind,))
        if part is None:
            return ""
        try:
            return _clean(str(part.get_content()))
        except LookupError:  # a charset nobody knows
            return _clean(cast(bytes, part.get_payload(decode=True)).decode("utf-8", "replace"))
    except Exception:  # a structure the parser cannot walk; the headers still show
        return ""


def _clean(text: str) -> str:
    """Return text with plain line ends that any encoder takes: surrogates stand for bytes that were no text."""
    return text.replace("\r\n", "\n").encode("utf-8", "replace").decode("utf-8")
