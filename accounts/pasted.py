"""Addresses as people paste them: by lines, commas or semicolons, bare or as `Name <address>`."""

import re
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

_LONGEST = 254
_SHOWN = 100  # characters of what is no address
# A quoted name or an address in angle brackets keeps its commas.
_PART = re.compile(r'(?:"[^"\r\n]*"|<[^<>\r\n]*>|[^,;\r\n])+')
_NAMED = re.compile(r"[^<>]*<([^<>]*)>\s*")


@dataclass(frozen=True, slots=True, repr=False)
class Pasted:
    """One of the parts of a text, and the address in it, if it is one."""

    text: str
    email: str | None


def read(text: str) -> list[Pasted]:
    return [found for part in _PART.findall(text) for found in _read(part.strip()) if part.strip()]


def _read(part: str) -> list[Pasted]:
    if named := _NAMED.fullmatch(part):
        return [_pasted(part, named[1].strip())]
    words = part.split()
    if len(words) > 1 and all("@" in word for word in words):  # a row of addresses with nothing but spaces between
        return [_pasted(word, word) for word in words]
    return [_pasted(part, part)]


def _pasted(text: str, email: str) -> Pasted:
    try:
        validate_email(email)
    except ValidationError:
        return Pasted(text[:_SHOWN], None)
    # Control characters that the validator lets through have no place in a letter's head.
    return Pasted(text[:_SHOWN], email if len(email) <= _LONGEST and email.isprintable() else None)
