"""Which passwords are guessed first: known ones, words of the context, runs on the keyboard, repetitions.

NIST SP 800-63B-4 asks for a comparison with what is commonly used or expected. zxcvbn has the lists, and finds what is
made of them: its estimate of the guesses that a password takes decides, and no rule on kinds of characters.
"""

import re
from collections.abc import Iterable
from math import log10

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from zxcvbn import zxcvbn

_ENOUGH = 10.0  # guesses as a power of ten: beyond what is tried against a slow hash
_LOOKED_AT = 32  # characters: more takes long, and what follows them would not make these worth typing
_HERE = ("llama", "llamaconsole", "console", "meta", "admin")
_OWN = 8  # letters beside words of the context
_SIGNS, _MOST_SIGNS = frozenset("@({[<&#!/|$%"), 3
_OF_CONTEXT = gettext_lazy("it is made of words that belong to you or this console")
_WORD = re.compile(r"\w{3,}")
_WHY = {
    "repeat": gettext_lazy("it repeats itself"),
    "sequence": gettext_lazy("it is a sequence of neighbours"),
    "spatial": gettext_lazy("it follows the keyboard"),
    "date": gettext_lazy("it is made of dates"),
}


def check(password: str, *, context: Iterable[str] = ()) -> None:
    """Refuse what is guessed soon by who knows the `context`, such as an address: ValidationError says why."""
    words = {word for text in (*_HERE, *context) for word in (text.casefold(), *_WORD.findall(text.casefold()))} - {""}
    of_context = re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)))
    others, count = of_context.subn("", password.casefold())
    if count and sum(map(str.isalpha, others)) < _OWN:
        raise ValidationError(_sentence(_OF_CONTEXT), code="guessable")
    found = zxcvbn(_bounded(password), user_inputs=sorted(words), max_length=_LOOKED_AT)
    if log10(float(found["guesses"])) < _ENOUGH:
        raise ValidationError(_sentence(_reason(found["sequence"])), code="guessable")


def _bounded(password: str) -> str:
    """Return what is looked at. Signs that stand for letters multiply what zxcvbn tries: of those a few kinds count."""
    signs = list(dict.fromkeys(each for each in password if each in _SIGNS))[_MOST_SIGNS:]
    return password[:_LOOKED_AT].translate({ord(each): "~" for each in signs})


def _reason(parts: list[dict[str, object]]) -> str | Promise:
    """Return what is wrong by the part that most of it is; nothing of the password itself is repeated."""
    largest = max(parts, key=lambda part: len(str(part["token"])))
    if largest["pattern"] == "dictionary":
        return _OF_CONTEXT if largest["dictionary_name"] == "user_inputs" else _("others use it, or its words")
    return _WHY.get(str(largest["pattern"])) or _("too little of it is unexpected")


def _sentence(why: str | Promise) -> str:
    said = _("This password is easy to guess: %(why)s. Take several words that nobody would put together.")
    return said % {"why": why}
