"""What a leaf's body says. It may be of another version or damaged: reading never fails, and yields plain text."""

import json
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Body:
    """The members of a body that have their place on the page; `more` holds all others."""

    readable: bool
    fields: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    case: str = ""
    code: str = ""
    more: tuple[tuple[str, str], ...] = ()


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
    return tuple((key.replace("-", " ").capitalize(), value) for key, value in others.items() if value)


def _texts(value: object) -> tuple[str, ...]:
    return tuple(_text(each) for each in value) if isinstance(value, list) else ()


def _text(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
