"""What a visitor wants to see of the members: the filters stand in the address, the search text never does."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.members import Activity, Factor, Selection
from accounts.models import Role
from accounts.role_words import role_name

_Value = TypeVar("_Value", bound=StrEnum)
_FACTORS = {
    Factor.PASSKEY: gettext_lazy("Passkey"),
    Factor.APP: gettext_lazy("App code"),
    Factor.NONE: gettext_lazy("No second factor"),
}
_ACTIVITIES = {Activity.RECENT: gettext_lazy("Seen in 30 days"), Activity.IDLE: gettext_lazy("Not seen in 30 days")}


def read(query: QueryDict, *, is_manager: bool) -> Selection:
    """Return what an address asks for; how members sign in and when they were here is for who manages them."""
    role = _value(Role, query.get("role"))
    if not is_manager:
        return Selection(role)
    return Selection(role, _value(Factor, query.get("factor")), _value(Activity, query.get("seen")))


def filters(selection: Selection, *, is_manager: bool) -> list[dict[str, Any]]:
    """Return the choices of the page."""
    roles = {role: role_name(role) for role in Role}
    found = [_filter("role", _("Role"), _("Any role"), roles, selection.role)]
    if is_manager:
        found.append(_filter("factor", _("Second factor"), _("Any second factor"), _FACTORS, selection.factor))
        found.append(_filter("seen", _("Last seen"), _("Any time"), _ACTIVITIES, selection.activity))
    return found


def query_of(selection: Selection) -> str:
    """Return the filters as an address has them, with the question mark."""
    chosen = {"role": selection.role, "factor": selection.factor, "seen": selection.activity}
    return f"?{urlencode({name: value for name, value in chosen.items() if value})}" if any(chosen.values()) else ""


def _filter(
    name: str, label: str, every: str, titles: Mapping[Any, str | Promise], chosen: StrEnum | None
) -> dict[str, Any]:
    options = [{"value": value.value, "title": title, "selected": value == chosen} for value, title in titles.items()]
    return {"name": name, "label": label, "every": every, "options": options}


def _value(kind: type[_Value], asked: str | None) -> _Value | None:
    values: Iterable[_Value] = kind
    return next((value for value in values if value.value == asked), None)
