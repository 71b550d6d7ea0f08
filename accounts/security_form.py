"""The form of an organization's security rules, and how what is typed for them is read."""

from collections.abc import Iterable, Mapping
from ipaddress import ip_network
from typing import Any, cast

import idna
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actions.security import ShutOut, Wanted
from accounts.models import SecuritySettings
from accounts.security_rules import Rule

MOST = 50  # domains, or networks
HOURS = {
    1: gettext_lazy("1 hour"),
    4: gettext_lazy("4 hours"),
    8: gettext_lazy("8 hours"),
    12: gettext_lazy("12 hours"),
    24: gettext_lazy("1 day"),
    72: gettext_lazy("3 days"),
    168: gettext_lazy("7 days"),
}
MINUTES = {
    15: gettext_lazy("15 minutes"),
    30: gettext_lazy("30 minutes"),
    60: gettext_lazy("1 hour"),
    240: gettext_lazy("4 hours"),
    480: gettext_lazy("8 hours"),
    1440: gettext_lazy("1 day"),
}
_SHUT_OUT = {
    Rule.SECOND_FACTOR: (
        "second_factor",
        gettext_lazy("Set up a passkey or an authenticator app for yourself first."),
    ),
    Rule.NETWORKS: (
        "networks",
        gettext_lazy("Your own address is in none of these networks: you could not come in any more."),
    ),
}


def _duration(label: Any, durations: Mapping[int, Any], none: Any) -> forms.TypedChoiceField:
    choices = [("", none), *((str(number), name) for number, name in durations.items())]
    return forms.TypedChoiceField(label=label, choices=choices, coerce=int, empty_value=None, required=False)


def _lines(label: Any) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=8000, widget=forms.Textarea(attrs={"rows": 4}))


class SecurityForm(forms.Form):
    second_factor = forms.BooleanField(required=False, label=gettext_lazy("Require a second factor"))
    domains = _lines(gettext_lazy("Email domains"))
    session_hours = _duration(gettext_lazy("Longest session"), HOURS, gettext_lazy("14 days"))
    idle_minutes = _duration(gettext_lazy("Longest rest"), MINUTES, gettext_lazy("No limit"))
    networks = _lines(gettext_lazy("Networks"))

    def __init__(self, *args: Any, settings: SecuritySettings, **kwargs: Any) -> None:
        kwargs["initial"] = {
            "second_factor": settings.second_factor,
            "domains": "\n".join(settings.domains),
            "session_hours": settings.session_hours,
            "idle_minutes": settings.idle_minutes,
            "networks": "\n".join(settings.networks),
        }
        super().__init__(*args, **kwargs)

    def clean_domains(self) -> list[str]:
        return _each(self.cleaned_data["domains"], read_domain)

    def clean_networks(self) -> list[str]:
        return _each(self.cleaned_data["networks"], read_network)

    def wanted(self) -> Wanted:
        return cast(Wanted, self.cleaned_data)

    def add_shut_out(self, error: ShutOut) -> None:
        self.add_error(*_SHUT_OUT[error.rule])


def _each(text: str, read: Any) -> list[str]:
    """Read a list, one item a line; items may be parted by commas and spaces, too."""
    items = text.replace(",", " ").split()
    if len(items) > MOST:
        raise ValidationError(_("Enter %(most)s at most.") % {"most": MOST})
    found: Iterable[str] = {read(item) for item in items}
    return sorted(found)


def read_domain(text: str) -> str:
    """Return a domain as DNS has it; ValidationError for what is none."""
    try:
        domain = idna.encode(text.removeprefix("@").rstrip("."), uts46=True).decode()
    except idna.IDNAError:
        domain = ""
    if "." not in domain or domain.rpartition(".")[2].isdigit():
        raise _refused(_("“%(text)s” is no domain. Enter domains like example.com, one a line."), text)
    return domain


def read_network(text: str) -> str:
    """Return a network, or one address as the network that it is; ValidationError for what is none."""
    try:
        found = ip_network(text, strict=False)
    except ValueError:
        said = _("“%(text)s” is no network. Enter networks like 198.51.100.0/24 or 2001:db8::/32, one a line.")
        raise _refused(said, text) from None
    if "/" in text and str(found) != str(ip_network(text.partition("/")[0])).partition("/")[0] + f"/{found.prefixlen}":
        raise _refused(_("“%(text)s” is an address within a network. Did you mean %(network)s?"), text, network=found)
    if getattr(found.network_address, "ipv4_mapped", None):
        raise _refused(_("“%(text)s” stands for an IPv4 network. Enter it as one."), text)
    return str(found)


def _refused(sentence: str, text: str, **more: object) -> ValidationError:
    return ValidationError(sentence % {"text": text[:60], **more})
