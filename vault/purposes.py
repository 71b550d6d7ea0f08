"""Why sealed data may be opened: one table, field by purpose, to be read beside docs/commitments.md.

Nothing else opens anything. A purpose that is not here does not exist; a field that does not stand beside
a purpose does not open under it.
"""

from enum import StrEnum


class Purpose(StrEnum):
    OWN_ACCOUNT = "own-account"  # the person looks at their own data
    AUTHORIZATION = "authorization"  # the program checks what a member may do
    EMAIL_NOTIFICATION = "email-notification"  # to send an email to that person
    REKEYING = "re-keying"  # to seal again under a new key


_PROFILE = frozenset(f"accounts.User.{field}" for field in ("name", "email", "phone", "location", "date_of_birth"))

OPENS: dict[Purpose, frozenset[str]] = {
    Purpose.OWN_ACCOUNT: _PROFILE | {"accounts.Membership.role"},
    Purpose.AUTHORIZATION: frozenset({"accounts.Membership.role"}),
    Purpose.EMAIL_NOTIFICATION: frozenset({"accounts.User.email"}),
    Purpose.REKEYING: _PROFILE
    | {"accounts.Membership.role", "content.StoredExchange.request", "content.StoredExchange.response"},
}


def opens(purpose: Purpose, field: str) -> bool:
    """Tell whether `field` (app.Model.field) may open under `purpose`."""
    return field in OPENS[purpose]
