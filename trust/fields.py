"""Names of sealed fields, as people read them."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from usage import figures

_NAMES = {
    "accounts.User.name": gettext_lazy("Name"),
    "accounts.User.email": gettext_lazy("Email"),
    "accounts.SpareAddress.email": gettext_lazy("Email, new or former"),
    "accounts.User.phone": gettext_lazy("Phone"),
    "accounts.SparePhone.phone": gettext_lazy("Phone, new or former"),
    "accounts.User.location": gettext_lazy("Location"),
    "accounts.User.date_of_birth": gettext_lazy("Date of birth"),
    "accounts.ExportPart.content": gettext_lazy("Export of the account"),
    "accounts.Membership.role": gettext_lazy("Role"),
    "accounts.Directory.entries": gettext_lazy("Member directory"),
    "accounts.BillingContact.email": gettext_lazy("Billing contact"),
    "accounts.Invitation.email": gettext_lazy("Invited address"),
    "accounts.Invitation.access": gettext_lazy("Role of an invitation"),
    "accounts.Totp.secret": gettext_lazy("Authenticator secret"),
    "accounts.IdentityProvider.client_secret": gettext_lazy("Single sign-on secret"),
    "notifications.SigningSecret.secret": gettext_lazy("Webhook secret"),
    "content.StoredExchange.request": gettext_lazy("Prompt"),
    "content.StoredExchange.response": gettext_lazy("Answer"),
}
_AT_FIRST = 2
_RECORD = ngettext_lazy("%(number)s record", "%(number)s records", "count")
_RECORDS = {
    "accounts": ngettext_lazy("%(number)s person", "%(number)s people", "count"),
    "content": ngettext_lazy("%(number)s exchange", "%(number)s exchanges", "count"),
}


def name(field: str) -> str:
    return str(_NAMES.get(field, field))


def summary(fields: Sequence[str]) -> str:
    """Return the first names and how many more there are."""
    names = list(dict.fromkeys(name(field) for field in fields))
    more = len(names) - _AT_FIRST
    return (
        ", ".join(names)
        if more < 2
        else _("%(names)s and %(more)s more") % {"names": ", ".join(names[:_AT_FIRST]), "more": more}
    )


def records(fields: Sequence[str], count: int) -> str:
    """Say of how many rows the fields are; a row of accounts is a person, one of content an exchange."""
    rooms = {field.partition(".")[0] for field in fields}
    words = _RECORDS.get(rooms.pop() if len(rooms) == 1 else "", _RECORD)
    return words % {"count": count, "number": figures.exact(count)} if count else ""
