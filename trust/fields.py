"""Names of sealed fields, as people read them."""

from collections.abc import Sequence

_NAMES = {
    "accounts.User.name": "Name",
    "accounts.User.email": "Email",
    "accounts.SpareAddress.email": "Email, new or former",
    "accounts.User.phone": "Phone",
    "accounts.SparePhone.phone": "Phone, new or former",
    "accounts.User.location": "Location",
    "accounts.User.date_of_birth": "Date of birth",
    "accounts.ExportPart.content": "Export of the account",
    "accounts.Membership.role": "Role",
    "accounts.Directory.entries": "Member directory",
    "accounts.BillingContact.email": "Billing contact",
    "accounts.Invitation.email": "Invited address",
    "accounts.Invitation.access": "Role of an invitation",
    "accounts.Totp.secret": "Authenticator secret",
    "accounts.IdentityProvider.client_secret": "Single sign-on secret",
    "notifications.SigningSecret.secret": "Webhook secret",
    "content.StoredExchange.request": "Prompt",
    "content.StoredExchange.response": "Answer",
}
_AT_FIRST = 2


def name(field: str) -> str:
    return _NAMES.get(field, field)


def summary(fields: Sequence[str]) -> str:
    """Return the first names and how many more there are."""
    names = list(dict.fromkeys(name(field) for field in fields))
    more = len(names) - _AT_FIRST
    return ", ".join(names) if more < 2 else f"{', '.join(names[:_AT_FIRST])} and {more} more"


def records(fields: Sequence[str], count: int) -> str:
    """Say of how many rows the fields are; a row of accounts is a person, one of content an exchange."""
    rooms = {field.partition(".")[0] for field in fields}
    one, many = {"accounts": ("person", "people"), "content": ("exchange", "exchanges")}.get(
        rooms.pop() if len(rooms) == 1 else "", ("record", "records")
    )
    return f"{count:,} {one if count == 1 else many}" if count else ""
