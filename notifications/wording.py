"""What a message says, once for all channels: email shows all of it, a text message only `short`.

From one wording come the subject, the plain text and the HTML, so neither of the last two says less than the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from babel.dates import format_date
from django.utils import timezone
from django.utils.translation import get_language


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
    the recipient. `short` is the whole text message; it must fit one segment.
    """

    subject: str
    paragraphs: Sequence[str] = ()
    heading: str = ""  # where the subject would not do as one
    facts: Sequence[tuple[str, str]] = ()
    items: Sequence[Item] = ()
    code: str = ""
    action: Action | None = None
    otherwise: Action | None = None  # another way out, as a link under the button
    footnote: str = ""
    short: str = ""


def moment(at: datetime) -> str:
    """Return a time to the minute in the recipient's language and time zone, which it names."""
    local = timezone.localtime(at)
    return f"{format_date(local, 'long', locale=get_language())}, {local:%H:%M %Z}"


def day(at: datetime) -> str:
    return format_date(timezone.localtime(at), "long", locale=get_language())
