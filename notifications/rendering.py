"""Rendering: from words to a mail's subject, plain text and HTML, which say the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.text import wrap
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext as _

from notifications import unsubscribing
from notifications.composing import Composed, speaking_to
from notifications.wording import in_lines, line

PRODUCT = "Llama console"
_LONGEST_SUBJECT = 150  # characters
_WIDTH = 72  # characters of a line of plain text, as in its template


@dataclass(frozen=True, slots=True, repr=False)
class Mail:
    subject: str
    text: str
    html: str
    headers: dict[str, str]


def mail(composed: Composed) -> Mail:
    """Return a letter to one recipient; with a link to end such letters where they can be ended."""
    url = unsubscribing.url(composed.to.pk, composed.kind) if unsubscribing.is_optional(composed.kind) else ""
    with speaking_to(composed.to):
        context = {**labels(), **_words(composed), "unsubscribe_url": url}
        html = render_to_string("email/message.html", context)
        text = render_to_string("email/message.txt", context).strip() + "\n"
    headers = unsubscribing.headers(url) if url else {}
    return Mail(subject(composed.wording.subject), text, html, headers)


def subject(words: str) -> str:
    """Return a subject of one line: names that people gave are part of some, and nothing of them may end a header."""
    text = line(words)
    return text if len(text) <= _LONGEST_SUBJECT else text[: _LONGEST_SUBJECT - 1].rstrip() + "…"


def labels() -> Mapping[str, str]:
    """Return what all letters say, in the language of the moment."""
    return _labels(settings.CONSOLE_ORIGIN, get_language())


@cache
def _labels(origin: str, language: str) -> Mapping[str, str]:
    return {
        "product": PRODUCT,
        "origin": origin,
        "paste": _("Or paste this into your browser:"),
        "address": _("How we got to your address."),
        # In lines for the plain text; HTML takes the end of a line for a space.
        "opened": wrap(
            _("It is stored sealed. It was opened once, to send this message, and that was recorded first."), _WIDTH
        ),
        "sent_by": wrap(_("Sent by %(product)s at %(origin)s.") % {"product": PRODUCT, "origin": origin}, _WIDTH),
        "no_tracking": _("No tracking, no remote images."),
        "unwanted": _("Messages like this one are not for you?"),
        "stop": _("Unsubscribe"),
    }


def _words(composed: Composed) -> dict[str, object]:
    words = in_lines(composed.wording)
    info = get_language_info(composed.to.language)
    return {
        "words": words,
        "preview": words.paragraphs[0] if words.paragraphs else "",
        "language": info["code"],
        "direction": "rtl" if info["bidi"] else "ltr",
    }
