"""Segments: how carriers cut a text message, and bill it. A character outside GSM 03.38 makes all of it UCS-2."""

# GSM 03.38: what fits into seven bits a character; the second set costs two each.
_GSM = set("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ÄÖÑÜ§¿äöñüà") | set(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
)
_GSM_DOUBLE = set("\f^{}\\[~]|€")


def encoding(text: str) -> str:
    """Return GSM-7 or UCS-2."""
    return "GSM-7" if set(text) <= _GSM | _GSM_DOUBLE else "UCS-2"


def segments(text: str) -> int:
    """Return how many messages the carrier counts: one up to 160 units of GSM-7 or 70 of UCS-2, each 153 or 67 beyond.

    Units are septets and UTF-16 code units. A sign of two units is never cut, so a long message may need one more.
    """
    if encoding(text) == "GSM-7":
        sizes, single, joined = [1 + (sign in _GSM_DOUBLE) for sign in text], 160, 153
    else:
        sizes, single, joined = [1 + (ord(sign) > 0xFFFF) for sign in text], 70, 67
    return 1 if sum(sizes) <= single else _filled(sizes, joined)


def fits_one(text: str) -> bool:
    return segments(text) == 1


def _filled(sizes: list[int], room: int) -> int:
    """Return how many parts of that room the signs fill, in order and uncut."""
    parts, used = 1, 0
    for size in sizes:
        if used + size > room:
            parts, used = parts + 1, 0
        used += size
    return parts
