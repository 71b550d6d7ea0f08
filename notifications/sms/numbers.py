"""Phone numbers: which of the many ways to write one are a number, and which numbers are for no text of ours."""

import re

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, PhoneNumberType

# One plus, digits, and what people and address books write between them: spaces, brackets, dashes, invisible marks.
_BETWEEN = r"\s().\-/\u00ad\u00b7\u200b-\u200f\u2010-\u2015\u202a-\u202e\u2060-\u2069\ufeff"
_WRITTEN = re.compile(rf"[{_BETWEEN}]*[+＋][\d{_BETWEEN}]+")
_LONGEST = 60  # characters
# Some of them pay whoever owns them for each text, and behind none of them is a person's phone.
_NOBODYS = {
    PhoneNumberType.PREMIUM_RATE,
    PhoneNumberType.SHARED_COST,
    PhoneNumberType.TOLL_FREE,
    PhoneNumberType.UAN,
    PhoneNumberType.VOICEMAIL,
}


def e164(number: str) -> str | None:
    """Return an international number as E.164, without what people write between its digits; None for anything else.

    Asked is whether such a number can be, not whether it was given out: numbering plans change faster than tables.
    """
    is_one = len(number) <= _LONGEST and _WRITTEN.fullmatch(number)
    parsed = _parsed(" ".join(number.split())) if is_one else None
    if parsed is None or parsed.extension or not phonenumbers.is_possible_number(parsed):
        return None
    return phonenumbers.format_number(parsed, PhoneNumberFormat.E164)


def is_for_texts(number: str) -> bool:
    """Tell whether a person's phone can be behind an E.164 number."""
    parsed = _parsed(number)
    return parsed is not None and phonenumbers.number_type(parsed) not in _NOBODYS


def calling_code(number: str) -> str:
    """Return the calling code of an E.164 number, without the plus: a country, or a group of countries."""
    return str(phonenumbers.parse(number).country_code)


def _parsed(number: str) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(number)
    except NumberParseException:
        return None
