"""Classes of models by what becomes of data there, in words."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from catalog.data_policy import DataPolicy


@dataclass(frozen=True, slots=True)
class Words:
    title: str | Promise
    meaning: str | Promise
    tone: str  # of its badge


WORDS = {
    DataPolicy.LOCAL: Words(
        gettext_lazy("Stays here"),
        gettext_lazy("Prompts and answers stay with whoever runs this console."),
        "ok",
    ),
    DataPolicy.OUTSIDE: Words(
        gettext_lazy("Goes outside"),
        gettext_lazy("Prompts go to another company, which only answers them."),
        "warn",
    ),
    DataPolicy.CONTRIBUTES: Words(
        gettext_lazy("Contributes"),
        gettext_lazy("Prompts go to another company, which may use them for more, such as training."),
        "bad",
    ),
}
