"""The form of somebody's notifications: a control for each kind and channel, quiet hours, language and time zone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time
from itertools import groupby
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import time_zones
from accounts.actions import Wishes
from accounts.models import User
from accounts.models.billing_contact import QUESTION
from notifications import preferences
from notifications.kinds import KINDS, Kind, Topic
from notifications.models import Channel, Choice
from notifications.notices import registered

_QUIET = time(22), time(7)  # what is offered at first
CHANNELS = {Channel.EMAIL: gettext_lazy("Email"), Channel.SMS: gettext_lazy("Text message")}
_IN_SENTENCES = {Channel.EMAIL: gettext_lazy("email"), Channel.SMS: gettext_lazy("text message")}
_BECAUSE = {
    Topic.SECURITY: gettext_lazy("“Always” because it keeps your account safe"),
    Topic.PRIVACY: gettext_lazy("“Always” because it is about your own data"),
    Topic.TEAM: gettext_lazy("“Always” because somebody waits for your answer"),
    Topic.KEYS: gettext_lazy("“Always” because it keeps your keys safe"),
    Topic.BILLING: gettext_lazy("“Always” because it is about money owed or paid"),
    Topic.SUPPORT: gettext_lazy("“Always” because you asked for it"),
}
_BECAUSE_OTHERWISE = gettext_lazy("“Always” because the service needs it")


@dataclass(frozen=True, slots=True)
class Cell:
    """One channel of one kind. Without a field nobody can choose: it always comes this way, or never."""

    channel: str
    label: str
    field: BoundField | None
    is_fixed: bool


@dataclass(frozen=True, slots=True)
class Row:
    title: str
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    because: str  # why some of its rows can't be switched off; empty if all can
    rows: list[Row]


def shown_kinds() -> list[Kind]:
    """Return the kinds that somebody can get, by topic. The summary is no kind to choose, but a way to get others."""
    kinds = [KINDS[name] for name in registered() - {QUESTION} if KINDS[name].topic != Topic.SUMMARY]
    order = list(Topic)
    return sorted(kinds, key=lambda kind: (order.index(kind.topic), not kind.required, str(kind.title)))


def _clock() -> forms.TimeInput:
    return forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class PreferencesForm(forms.Form):
    is_quiet = forms.BooleanField(required=False, label=gettext_lazy("No text messages during these hours"))
    begins = forms.TimeField(required=False, label=gettext_lazy("From"), widget=_clock())
    ends = forms.TimeField(required=False, label=gettext_lazy("Until"), widget=_clock())
    language = forms.ChoiceField(choices=settings.LANGUAGES)
    time_zone = forms.CharField(max_length=40)

    def __init__(self, data: Any = None, *, user: User) -> None:
        hours = preferences.quiet_hours(user.pk)
        begins, ends = hours or _QUIET
        initial = {"is_quiet": bool(hours), "begins": begins, "ends": ends}
        super().__init__(data, initial=initial | {"language": user.language, "time_zone": user.time_zone})
        self.kinds = shown_kinds()
        self.has_phone = user.phone is not None
        self._chosen = preferences.of_recipient(user.pk, self.kinds)
        for kind, channel in self._choosable():
            self.fields[_name(kind, channel)] = self._field(kind, channel)

    def clean_time_zone(self) -> str:
        name: str = self.cleaned_data["time_zone"]
        if name not in time_zones.known():
            raise ValidationError(_("Choose a time zone of the list."))
        return name

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("is_quiet"):
            for name in ("begins", "ends"):
                if data.get(name) is None and name not in self.errors:
                    self.add_error(name, _("Enter a time."))
            if data.get("begins") is not None and data.get("begins") == data.get("ends"):
                self.add_error("ends", _("Choose two different times."))
        return data

    def wishes(self) -> Wishes:
        """Return what was chosen in a valid form."""
        data = self.cleaned_data
        choices = {
            (kind.name, channel.value): _choice(channel, data[_name(kind, channel)])
            for kind, channel in self._choosable()
            if data[_name(kind, channel)] != ""
        }
        quiet = (data["begins"], data["ends"]) if data["is_quiet"] else None
        return Wishes(choices, quiet, data["language"], data["time_zone"])

    @property
    def channels(self) -> list[tuple[str, str]]:
        """Return the channels by which anything comes: name and label."""
        used = {channel for kind in self.kinds for channel in kind.channels}
        return [(channel.value, str(label)) for channel, label in CHANNELS.items() if channel in used]

    @property
    def groups(self) -> list[Group]:
        return [self._group(topic, list(kinds)) for topic, kinds in groupby(self.kinds, key=lambda kind: kind.topic)]

    def _choosable(self) -> Iterator[tuple[Kind, Channel]]:
        return (
            (kind, channel)
            for kind in self.kinds
            for channel in kind.channels
            if channel in CHANNELS and not preferences.is_fixed(kind, channel)
        )

    def _field(self, kind: Kind, channel: Channel) -> forms.Field:
        label, choice = f"{kind.title}, {_IN_SENTENCES[channel]}", self._chosen[kind.name, channel]
        if channel == Channel.SMS:
            return forms.BooleanField(
                required=False, label=label, initial=choice != Choice.OFF, disabled=not self.has_phone
            )
        offered = [(each.value, each.label) for each in preferences.options(kind, channel)]
        return forms.ChoiceField(required=False, label=label, initial=choice.value, choices=offered)

    def _group(self, topic: Topic, kinds: list[Kind]) -> Group:
        channels = [Channel(name) for name, _ in self.channels]
        rows = [Row(str(kind.title), [self._cell(kind, channel) for channel in channels]) for kind in kinds]
        some_are_fixed = any(kind.required for kind in kinds)
        return Group(str(topic.label), str(_BECAUSE.get(topic, _BECAUSE_OTHERWISE)) if some_are_fixed else "", rows)

    def _cell(self, kind: Kind, channel: Channel) -> Cell:
        name = _name(kind, channel)
        field = self[name] if name in self.fields else None
        return Cell(channel.value, str(CHANNELS[channel]), field, channel in kind.channels and field is None)


def _name(kind: Kind, channel: Channel) -> str:
    return f"{channel.value}-{kind.name}"


def _choice(channel: Channel, value: Any) -> Choice:
    if channel == Channel.SMS:
        return Choice.NOW if value else Choice.OFF
    return Choice(value)
