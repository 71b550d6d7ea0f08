"""What a message says, once for all channels: email shows all of it, a text message only `short`.

From one wording come the subject, the plain text and the HTML, so neither of the last two says less than the other.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo

from babel.dates import format_date
from babel.lists import format_list
from django.utils import timezone
from django.utils.translation import get_language

_JOINERS = "\u00a0\u202f\u200c\u200d"  # not printable to Python, but part of a line: French and Persian need them


@dataclass(frozen=True, slots=True, repr=False)
class Action:
    """What to do next: the button, and the address under it."""

    label: str
    url: str


@dataclass(frozen=True, slots=True, repr=False)
class Item:
    """One of many things that a summary tells."""

    text: str
    note: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Wording:
    """A message's words, in the recipient's language.

    `facts` are pairs of a name and a value, `code` is to be typed somewhere, `footnote` says what to do if it was not
    the recipient, and `aside` what they can do about it by a link. `short` is the whole text message; it must fit one
    segment, so it names nobody and nothing that people gave a name.
    """

    subject: str
    paragraphs: Sequence[str] = ()
    heading: str = ""  # where the subject would not do as one
    facts: Sequence[tuple[str, str]] = ()
    items: Sequence[Item] = ()
    code: str = ""
    action: Action | None = None
    footnote: str = ""
    aside: Action | None = None
    short: str = ""


def line(text: str) -> str:
    """Return a text as one line: names that people gave are part of some, and none may end a line or turn it round."""
    if not text.isprintable():  # nearly every text is
        text = "".join(c if c.isprintable() or c in _JOINERS else " " for c in text)
    return re.sub(" +", " ", text).strip()


def in_lines(words: Wording) -> Wording:
    """Return the words of a letter with each of them in one line."""
    return replace(
        words,
        subject=line(words.subject),
        heading=line(words.heading or words.subject),
        paragraphs=[line(paragraph) for paragraph in words.paragraphs],
        facts=[(line(name), line(value)) for name, value in words.facts],
        items=[Item(line(item.text), line(item.note), item.url) for item in words.items],
        footnote=line(words.footnote),
    )


def listing(texts: Sequence[str]) -> str:
    """Return texts as a list in the recipient's language: a, b and c."""
    return format_list(texts, locale=get_language())


def moment(at: datetime) -> str:
    """Return a time to the minute in the recipient's language and time zone, which it names."""
    local = timezone.localtime(at)
    return f"{format_date(local, 'long', locale=get_language())}, {local:%H:%M %Z}"


def day(at: datetime) -> str:
    return format_date(timezone.localtime(at), "long", locale=get_language())


def weekday(at: datetime, zone: tzinfo | None = None) -> str:
    """Return the name of a day of the week, in the recipient's time zone if no other is meant."""
    return format_date(timezone.localtime(at, zone), "EEEE", locale=get_language())
