"""Who a leaf names, as people read it. Names are sealed, and nothing is opened to show them: an id stays an id."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ledger.actor import Actor

_SYSTEMS = {
    "notifications": gettext_lazy("Notifications worker"),
    "gateway": gettext_lazy("Gateway"),
    "worker": gettext_lazy("Worker"),
    "stripe": gettext_lazy("Payment provider"),
    "auto-recharge": gettext_lazy("Auto-recharge"),
    "billing": gettext_lazy("Billing"),
    "contact-link": gettext_lazy("Whoever has a contact's link"),
    "invitation-link": gettext_lazy("Whoever has an invitation's link"),
}
_KINDS = {"user": gettext_lazy("A member"), "key": gettext_lazy("An admin key"), "staff": gettext_lazy("Support staff")}
_ID = 8  # the last characters of an id; the first of a UUID of version 7 are the time


@dataclass(frozen=True, slots=True)
class Who:
    label: str
    hint: str = ""  # the end of an id


def who(actor: str, reader: Actor) -> Who:
    """Return the name of an actor; the reader of the page is "You"."""
    kind, _colon, name = actor.partition(":")
    if actor == str(reader):
        return Who(_("You"))
    if actor == str(Actor.operator()):
        return Who(_("Operator at the server"))
    if kind == "system":
        return Who(str(_SYSTEMS.get(name) or _("System: %(name)s") % {"name": name}))
    if kind in _KINDS and name:
        return Who(str(_KINDS[kind]), _short(name))
    return Who(actor or _("Nobody named"))


def _short(name: str) -> str:
    return f"…{name[-_ID:]}" if len(name) > 12 else name
