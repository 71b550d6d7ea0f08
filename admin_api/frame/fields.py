"""Fields and forms of what comes in: strict, and described to the schema just as they are checked."""

import re
import sys
import unicodedata
from collections.abc import Iterator
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers


def _unseen() -> Iterator[tuple[int, int]]:
    """Yield the ranges of control characters and of invisible ones."""
    start = None
    for point in range(sys.maxunicode + 2):
        is_unseen = point <= sys.maxunicode and unicodedata.category(chr(point)) in {"Cc", "Cf", "Zl", "Zp"}
        if is_unseen and start is None:
            start = point
        if not is_unseen and start is not None:
            yield start, point - 1
            start = None


def _escaped(point: int) -> str:
    return f"\\u{point:04x}" if point <= 0xFFFF else chr(point)


_UNSEEN = "".join(
    _escaped(first) if first == last else f"{_escaped(first)}-{_escaped(last)}" for first, last in _unseen()
)
# One line of what can be seen, without spaces around it.
ONE_LINE = rf"^[^\s{_UNSEEN}]([^{_UNSEEN}]*[^\s{_UNSEEN}])?$"
_one_line = re.compile(ONE_LINE.replace("$", r"\Z"))

_ATOM, _LABEL = r"[A-Za-z0-9_%+-]+", r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
EMAIL = rf"^{_ATOM}(\.{_ATOM})*@({_LABEL}\.)+[A-Za-z]{{2,24}}$"
DOMAIN = r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}$"

_domain = re.compile(DOMAIN.replace("$", r"\Z"))
_email = re.compile(EMAIL.replace("$", r"\Z"))


# Refuses what it doesn't know: a misspelled field must not pass for one left out. (A docstring would be in the schema.)
class Strict(serializers.Serializer[Any]):
    def to_internal_value(self, data: Any) -> Any:
        unknown = set(data) - set(self.fields) if isinstance(data, dict) else set()
        if unknown:
            raise serializers.ValidationError({str(name): ["There is no such field."] for name in sorted(unknown)})
        return super().to_internal_value(data)


class Pattern:
    """What a text must match as a whole, as the schema says it."""

    def __init__(self, pattern: str) -> None:
        self._pattern = re.compile(pattern.replace("$", r"\Z"))

    def __call__(self, text: str) -> None:
        if not self._pattern.search(text):
            raise serializers.ValidationError("This is not written as it must be.")


class StrictText(serializers.CharField):
    """Text that is text: a number or a boolean is none."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


@extend_schema_field({"type": "string", "minLength": 1, "maxLength": 80, "pattern": ONE_LINE})
class NameField(StrictText):
    """A name: one line, nothing invisible."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=80, trim_whitespace=False, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        return one_line(super().to_internal_value(data))


@extend_schema_field({"type": "string", "maxLength": 120, "pattern": f"^$|{ONE_LINE}"})
class DescriptionField(StrictText):
    """One line, or nothing."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=120, trim_whitespace=False, allow_blank=True, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        return one_line(text) if text else text


def one_line(text: str) -> str:
    if not _one_line.search(text):
        raise serializers.ValidationError("Use one line of plain text, without spaces around it.")
    return text


class StrictInteger(serializers.IntegerField):
    """A whole number: neither text nor 1.5 nor true."""

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or not isinstance(data, int | float) or data != int(data):
            self.fail("invalid")
        return super().to_internal_value(int(data))


class OneOf(serializers.ChoiceField):
    """One of some numbers: neither as text nor true for 1."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, bool) or not isinstance(data, int | float) or data not in self.choices:
            self.fail("invalid_choice", input=data)
        return int(data)


class StrictBoolean(serializers.BooleanField):
    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return bool(data)


@extend_schema_field({"type": "string", "maxLength": 220, "pattern": DOMAIN})
class DomainField(StrictText):
    """A domain as DNS has it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=220, trim_whitespace=False, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        domain = super().to_internal_value(data)
        if not _domain.search(domain):
            raise serializers.ValidationError("Enter a domain such as example.com, in small letters.")
        return domain


@extend_schema_field({"type": "string", "format": "uuid"})
class IdField(serializers.UUIDField):
    """A UUID in its usual form alone."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str) or not re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", data):
            self.fail("invalid", value=data)
        return super().to_internal_value(data)


@extend_schema_field({"type": "string", "maxLength": 254, "pattern": EMAIL})
class EmailField(StrictText):
    """An address as most are written; what only a mail server's grammar admits is refused."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=254, trim_whitespace=False, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        address = super().to_internal_value(data)
        if not _email.search(address):
            raise serializers.ValidationError("Enter an email address.")
        return address
