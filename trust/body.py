"""What a leaf's body says. It may be of another version or damaged: reading never fails, and yields plain text."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy


@dataclass(frozen=True, slots=True)
class Body:
    """The members of a body that have their place on the page; `more` holds all others."""

    readable: bool
    fields: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    case: str = ""
    code: str = ""
    more: tuple[tuple[str, str], ...] = ()


# What else a body may have; its values are the program's own words.
_NAMES = {
    "message": gettext_lazy("Message"),
    "reason": gettext_lazy("Reason"),
    "requester": gettext_lazy("Requester"),
    "until": gettext_lazy("Until"),
    "maximum": gettext_lazy("Maximum"),
    "what": gettext_lazy("What"),
    "key": gettext_lazy("Key"),
    "keys": gettext_lazy("Keys"),
    "plane": gettext_lazy("Plane"),
    "planes": gettext_lazy("Planes"),
    "horizon": gettext_lazy("Horizon"),
}
_PLACED = {"fields", "subjects", "case", "code", "type", "actor", "purpose", "grant", "event"}


def read(text: str) -> Body:
    try:
        members = json.loads(text)
    except (ValueError, RecursionError):
        return Body(readable=False)
    if not isinstance(members, dict):
        return Body(readable=False)
    return Body(
        readable=True,
        fields=_texts(members.get("fields")),
        subjects=_texts(members.get("subjects")),
        case=_text(members.get("case")),
        code=_text(members.get("code")),
        more=_rest(members),
    )


def _rest(members: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    others = {key: _text(value) for key, value in members.items() if key not in _PLACED}
    return tuple((_name(key), value) for key, value in others.items() if value)


def _name(key: str) -> str:
    return str(_NAMES.get(key) or key.replace("-", " ").capitalize())


def _texts(value: object) -> tuple[str, ...]:
    return tuple(_text(each) for each in value) if isinstance(value, list) else ()


def _text(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
