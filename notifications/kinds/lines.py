"""Lines that many messages have: the facts that they name, and how long a link works."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from notifications.wording import moment

Fact = tuple[str, str]


def organization(name: str) -> Fact:
    return _("Organization"), name


def project(name: str) -> Fact:
    return _("Project"), name


def key(name: str) -> Fact:
    return _("Key"), name


def amount(dollars: str) -> Fact:
    return _("Amount"), dollars


def when(at: datetime) -> Fact:
    return _("When"), moment(at)


def until(at: datetime) -> Fact:
    return _("Works until"), moment(at)


def for_hours(hours: int) -> str:
    lasts = ngettext("The link works once, for %(hours)s hour.", "The link works once, for %(hours)s hours.", hours)
    return lasts % {"hours": hours}


def for_minutes(minutes: int) -> str:
    lasts = ngettext(
        "The link works once, for %(minutes)s minute.", "The link works once, for %(minutes)s minutes.", minutes
    )
    return lasts % {"minutes": minutes}
