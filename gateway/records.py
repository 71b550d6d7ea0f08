"""One line of the spool: a call's ids and counts with a checksum, never its content or its key."""

import re
from binascii import crc32

import msgspec

from usage.calls import Call

_LINE = re.compile(rb"([0-9a-f]{8}) (\{.*\})")
_calls = msgspec.json.Decoder(Call)


class CorruptRecord(ValueError):
    """A line is not what was written."""


def encode(call: Call) -> bytes:
    """Return the line of a call, with its line break."""
    text = msgspec.json.encode(call)
    return b"%08x %s\n" % (crc32(text), text)


def decode(line: bytes) -> Call:
    """Return the call of a line without its line break, or raise CorruptRecord."""
    match = _LINE.fullmatch(line)
    if match is None or int(match[1], 16) != crc32(match[2]):
        raise CorruptRecord
    try:
        return _calls.decode(match[2])
    except ValueError:
        raise CorruptRecord from None
