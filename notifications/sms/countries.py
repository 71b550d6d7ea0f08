"""Calling codes of E.164: which country, or group of countries, a number belongs to."""

_ONE = {"1", "7"}
_TWO_DIGITS = """
    20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86
    90 91 92 93 94 95 98
"""
_TWO = set(_TWO_DIGITS.split())


def calling_code(number: str) -> str:
    """Return the calling code of an E.164 number, without the plus: all that are not listed here have three digits."""
    digits = number.removeprefix("+")
    if digits[0] in _ONE:
        return digits[0]
    return digits[:2] if digits[:2] in _TWO else digits[:3]
