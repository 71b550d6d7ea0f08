"""What somebody asks from the playground: read strictly, for it becomes a call and code to copy."""

import json
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

_NUMBERS = ("temperature", "top_p", "top_k", "max_completion_tokens", "repetition_penalty")
_ROLES = ("system", "user", "assistant")
_MOST_MESSAGES = 500
_DEEPEST = 100


class NotUnderstood(Exception):
    """The message is safe to show."""


@dataclass(frozen=True, slots=True, repr=False)
class Asked:
    """A call in the native shape, and the project that pays for it, by its slug."""

    project: str
    body: dict[str, Any]

    @property
    def wire(self) -> bytes:
        return json.dumps(self.body).encode()


def read(text: bytes) -> Asked:
    """Return what a request's body asks for. The gateway checks the values, as it does for everybody."""
    try:
        given = json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise NotUnderstood(_("The request is no JSON.")) from None
    if not isinstance(given, dict) or not isinstance(given.get("project"), str):
        raise NotUnderstood(_("Choose a project."))
    if not isinstance(given.get("model"), str) or not given["model"]:
        raise NotUnderstood(_("Choose a model."))
    body: dict[str, Any] = {"model": given["model"], "messages": _messages(given.get("messages"))}
    for name in _NUMBERS:
        if (value := given.get(name)) is not None:
            body[name] = _number(name, value)
    if (form := given.get("response_format")) is not None:
        body["response_format"] = _object(form)
    if given.get("stream") is True:
        body["stream"] = True
    return Asked(given["project"], body)


def _messages(given: Any) -> list[dict[str, str]]:
    if not isinstance(given, list) or not 0 < len(given) <= _MOST_MESSAGES:
        raise NotUnderstood(_("Write a message."))
    return [_message(message) for message in given]


def _message(message: Any) -> dict[str, str]:
    if not isinstance(message, dict) or message.get("role") not in _ROLES:
        raise NotUnderstood(_("A message has no known role."))
    if not isinstance(message.get("content"), str):
        raise NotUnderstood(_("A message is no text."))
    return {"role": message["role"], "content": message["content"]}


def _number(name: str, value: Any) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise NotUnderstood(_("%(name)s is no number.") % {"name": name})
    return value


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict) or _is_deep(value):
        raise NotUnderstood(_("The JSON schema is no object."))
    return value


def _is_deep(value: Any) -> bool:
    """Tell whether something is nested so deeply that what can be read may not be written."""
    level = [value]
    for _depth in range(_DEEPEST):
        level = [
            inner
            for each in level
            for inner in (each.values() if isinstance(each, dict) else each if isinstance(each, list) else ())
        ]
        if not level:
            return False
    return True


def _no_number(text: str) -> None:
    raise ValueError(text)
