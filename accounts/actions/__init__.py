from accounts.actions.billing_contacts import add_contact, ask_again, confirm_contact, refuse_contact, remove_contact
from accounts.actions.erasure import LastOwner, erase_organization, erase_user
from accounts.actions.operators import make_operator, remove_operator
from accounts.actions.organizations import AddressRefused, add_member, create_organization, create_project
from accounts.actions.preferences import Wishes, change_preferences
from accounts.actions.roles import change_role
from accounts.actions.security import ShutOut, Wanted, change_security, lift_rule
from accounts.actions.sign_up import Registration, request_verification, sign_up
from accounts.actions.verification import (
    hash_token,
    issue_verification,
    verify_by_code,
    verify_by_hash,
    verify_by_token,
)

__all__ = [
    "AddressRefused",
    "LastOwner",
    "Registration",
    "ShutOut",
    "Wanted",
    "Wishes",
    "add_contact",
    "add_member",
    "ask_again",
    "change_preferences",
    "change_role",
    "change_security",
    "confirm_contact",
    "create_organization",
    "create_project",
    "erase_organization",
    "erase_user",
    "hash_token",
    "issue_verification",
    "lift_rule",
    "make_operator",
    "refuse_contact",
    "remove_contact",
    "remove_operator",
    "request_verification",
    "sign_up",
    "verify_by_code",
    "verify_by_hash",
    "verify_by_token",
]
