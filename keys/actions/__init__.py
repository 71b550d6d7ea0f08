"""What can be done with keys, by verb. Each action writes its change, its audit event and its messages at once."""

from keys.actions.changing import change_key
from keys.actions.issuing import issue_key
from keys.actions.leaking import mark_leaked
from keys.actions.limiting import set_limits
from keys.actions.revoking import revoke_key, revoke_keys
from keys.actions.rotating import NotRotatable, rotate_key
from keys.actions.service_accounts import end_service_account, make_service_account

__all__ = [
    "NotRotatable",
    "change_key",
    "end_service_account",
    "issue_key",
    "make_service_account",
    "mark_leaked",
    "revoke_key",
    "revoke_keys",
    "rotate_key",
    "set_limits",
]
