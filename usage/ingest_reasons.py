"""Why reported events do not count, as people read it: a title for each code, and what to do."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy


@dataclass(frozen=True, slots=True)
class Reason:
    title: str | Promise
    advice: str | Promise


REASONS = {
    "invalid": Reason(
        gettext_lazy("Not as an event must be"),
        gettext_lazy(
            "The sentence says what is wrong, and where. Mend the gateway, and have it report these calls again."
        ),
    ),
    "unknown_key": Reason(
        gettext_lazy("No such API key"),
        gettext_lazy(
            "The key is none of this organization’s. Report the id of the key that the call was verified with."
        ),
    ),
    "unknown_model": Reason(
        gettext_lazy("No such model"),
        gettext_lazy("The name is not in the catalog. Call models in the gateway as they are called here."),
    ),
    "in_the_future": Reason(
        gettext_lazy("Of the future"), gettext_lazy("The gateway’s clock is ahead by more than a minute. Set it.")
    ),
    "too_old": Reason(
        gettext_lazy("Too old"), gettext_lazy("Calls count for seven days. Have the gateway report them sooner.")
    ),
    "too_expensive": Reason(
        gettext_lazy("Dearer than can be counted"), gettext_lazy("Look at the counts, and at the price of the model.")
    ),
    "conflict": Reason(
        gettext_lazy("Another call of the same name"),
        gettext_lazy("The first one under this source and id counts. Give each call an id of its own."),
    ),
}
_OTHER = Reason(gettext_lazy("Another reason"), "")


def reason_of(code: str) -> Reason:
    return REASONS.get(code, _OTHER)
