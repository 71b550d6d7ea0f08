"""Every kind of message there is, in every language."""

from typing import Any

from django.conf import settings

from notifications.kinds import KINDS, Kind
from notifications.models import Channel
from notifications.rendering import Mail, mail
from notifications.specimen import specimen
from notifications.wording import Wording

LANGUAGES = [code for code, _ in settings.LANGUAGES]
# Other tests enter kinds of their own.
ALL = [kind for kind in KINDS.values() if not kind.name.startswith("test-")]
LETTERS = [kind for kind in ALL if Channel.EMAIL in kind.channels]
TEXTS = [kind for kind in ALL if Channel.SMS in kind.channels]
# The facts that hold what people typed, and so anything.
NAMES = {"organization", "project", "key", "name", "host"}


def words(kind: Kind, language: str = "en", **facts: Any) -> Wording:
    return specimen(kind, language, **facts).wording


def letter(kind: Kind, language: str = "en", **facts: Any) -> Mail:
    return mail(specimen(kind, language, **facts))


def named(kind: Kind, name: str) -> dict[str, str]:
    """Return facts in which everything that people name has that name."""
    return {fact: name for fact in kind.sample if fact in NAMES}
