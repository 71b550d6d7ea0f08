"""What an API key may call. A key that is made without a choice may call everything."""

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy


class Scope(StrEnum):
    CHAT = "chat"
    MODELS = "models"
    MODERATIONS = "moderations"


MEANINGS: dict[Scope, str | Promise] = {
    Scope.CHAT: gettext_lazy("Ask models for completions"),
    Scope.MODELS: gettext_lazy("List models"),
    Scope.MODERATIONS: gettext_lazy("Have text moderated"),
}


def all_scopes() -> list[str]:
    return [scope.value for scope in Scope]
