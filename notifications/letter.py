"""A letter: a text and the same in HTML. For a provider it is Django's mail; for SMTP, the bytes of that in less time.

They are the bytes that Django and Python would make. What is saved are general ways: to find a boundary that no part
holds, to fold headers that fit their line, to lay out parts within parts.
"""

import re
import secrets
from collections.abc import Mapping
from email.policy import compat32
from email.utils import formatdate

from django.core.mail import EmailMultiAlternatives
from django.core.mail.message import RFC5322_EMAIL_LINE_LENGTH_LIMIT as LONGEST
from django.core.mail.message import forbid_multi_line_headers, utf8_charset_qp

_FITS = 78  # characters of a header's line
_UTF8 = "utf-8"
_LINE_END = re.compile(r"\r\n?|\n")


class Letter(EmailMultiAlternatives):
    def __init__(self, subject: str, text: str, html: str, to: str, headers: Mapping[str, str]) -> None:
        super().__init__(subject, text, to=[to], headers=dict(headers), alternatives=[(html, "text/html")])
        self._texts = {"plain": text, "html": html}

    def as_bytes(self, boundary: str = "") -> bytes:
        """Return what goes over the wire; BadHeaderError if a header would end early."""
        boundary = boundary or secrets.token_hex(12)  # nobody knows it before, so it is in no part
        parts = [self._head(boundary), *(_part(subtype, text) for subtype, text in self._texts.items())]
        whole = f"\n--{boundary}\n".join(parts) + f"\n--{boundary}--\n"
        return _LINE_END.sub("\r\n", whole).encode()

    def _head(self, boundary: str) -> str:
        headers = {
            "Content-Type": f'multipart/alternative; boundary="{boundary}"',
            "MIME-Version": "1.0",
            "Subject": self.subject,
            "From": self.from_email,
            "To": self.to[0],
            "Date": formatdate(),
        }
        return "".join(_header(name, value) for name, value in (headers | self.extra_headers).items())


def _header(name: str, value: str) -> str:
    line = ": ".join(forbid_multi_line_headers(name, value, _UTF8))
    fits = len(line) <= _FITS and line.isprintable()
    return f"{line}\n" if fits else compat32.fold(*line.split(": ", 1))


def _part(subtype: str, text: str) -> str:
    encoded = text.encode()
    if any(len(line) > LONGEST for line in encoded.splitlines()):
        encoding, text = "quoted-printable", utf8_charset_qp.body_encode(encoded)
    else:
        encoding = "7bit" if text.isascii() else "8bit"
    content = f'Content-Type: text/{subtype}; charset="{_UTF8}"'
    return f"{content}\nMIME-Version: 1.0\nContent-Transfer-Encoding: {encoding}\n\n{text}"
