"""SMTP for letters: Django's backend, without what it does to addresses that need none of it.

Django takes both addresses of each mail apart and puts them together again. The sender's is the same each time, and of
a plain one, which nearly all are, it would make nothing else.
"""

import re
from functools import cache

from django.core.mail import EmailMessage
from django.core.mail.backends import smtp
from django.core.mail.message import sanitize_address

from notifications.letter import Letter

_PLAIN = re.compile(r"[\w+-]+(\.[\w+-]+)*@[\w-]+(\.[\w-]+)*", re.ASCII)
_ENCODING = "utf-8"


class EmailBackend(smtp.EmailBackend):
    def _send(self, email_message: EmailMessage) -> bool:
        if not isinstance(email_message, Letter):
            return bool(super()._send(email_message))  # type: ignore[misc]  # which the stubs leave out
        to = [_sanitized(address) for address in email_message.to]
        sender = _sender(email_message.from_email)
        self.connection.sendmail(sender, to, email_message.as_bytes())  # type: ignore[union-attr]  # it is open here
        return True


def _sanitized(address: str) -> str:
    return address if _PLAIN.fullmatch(address) else sanitize_address(address, _ENCODING)


@cache  # of the sender's address alone: those of recipients are not kept
def _sender(address: str) -> str:
    return sanitize_address(address, _ENCODING)
