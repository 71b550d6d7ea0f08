"""What a kind of message is, and the table of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from notifications.models import Channel, Priority
from notifications.wording import Wording

Title = str | Promise


class Topic(models.TextChoices):
    """What kinds are grouped by where people choose among them."""

    SECURITY = "security", _("Sign-in and security")
    PRIVACY = "privacy", _("Your data")
    TEAM = "team", _("Team")
    KEYS = "keys", _("Keys and webhooks")
    SPENDING = "spending", _("Budgets")
    BILLING = "billing", _("Billing")
    SUPPORT = "support", _("Support")
    SUMMARY = "summary", _("Daily summary")


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of message to people: its channels, the first of them on unless switched off, and its words.

    `word` takes the facts of one message by name; `sample` has some for the gallery and the tests. What is `required`
    can't be switched off, nor wait for a digest. What is `secret` has a link or code by which whoever reads it can do
    something: it goes to the address that its recipient has once that is made, and not a moment earlier.
    """

    name: str
    title: Title
    topic: Topic
    channels: tuple[Channel, ...]
    priority: Priority
    required: bool
    word: Callable[..., Wording]
    sample: Mapping[str, Any]
    secret: bool = False


KINDS: dict[str, Kind] = {}
_Word = TypeVar("_Word", bound=Callable[..., Wording])


def kind(
    name: str,
    title: Title,
    topic: Topic,
    *,
    sample: Mapping[str, Any],
    channels: Sequence[Channel] = (Channel.EMAIL,),
    priority: Priority = Priority.NOTICE,
    required: bool = False,
    secret: bool = False,
) -> Callable[[_Word], _Word]:
    """Enter a kind into the table; what it decorates words its messages."""

    def enter(word: _Word) -> _Word:
        if name in KINDS:
            raise ValueError(f"The kind {name} is entered twice.")
        KINDS[name] = Kind(name, title, topic, tuple(channels), priority, required, word, sample, secret)
        return word

    return enter


def security(
    name: str, title: Title, *, sample: Mapping[str, Any], text: bool = False, secret: bool = False
) -> Callable[[_Word], _Word]:
    """Enter a kind that nobody can switch off and that goes before all others; `text` lets it go by SMS, too."""
    channels = (Channel.EMAIL, Channel.SMS) if text else (Channel.EMAIL,)
    return kind(
        name,
        title,
        Topic.SECURITY,
        sample=sample,
        channels=channels,
        priority=Priority.SECURITY,
        required=True,
        secret=secret,
    )
