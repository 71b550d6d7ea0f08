from accounts.actions.billing_contacts import add_contact, ask_again, confirm_contact, refuse_contact, remove_contact
from accounts.actions.deletions import cancel_deletion, schedule_deletion
from accounts.actions.erasure import erase_organization, erase_user
from accounts.actions.invitation_answers import accept, decline
from accounts.actions.invitations import invite, resend, revoke
from accounts.actions.operators import make_operator, remove_operator
from accounts.actions.organizations import AddressRefused, add_member, create_organization, rename_organization
from accounts.actions.owners import LastOwner
from accounts.actions.ownership import transfer_ownership
from accounts.actions.preferences import Wishes, change_preferences
from accounts.actions.projects import archive_project, change_project, create_project, unarchive_project
from accounts.actions.roles import UnknownProject, change_role, change_roles, leave_organization, remove_member
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
    "UnknownProject",
    "Wanted",
    "Wishes",
    "accept",
    "add_contact",
    "add_member",
    "archive_project",
    "ask_again",
    "cancel_deletion",
    "change_preferences",
    "change_project",
    "change_role",
    "change_roles",
    "change_security",
    "confirm_contact",
    "create_organization",
    "create_project",
    "decline",
    "erase_organization",
    "erase_user",
    "hash_token",
    "invite",
    "issue_verification",
    "leave_organization",
    "lift_rule",
    "make_operator",
    "refuse_contact",
    "remove_contact",
    "remove_member",
    "remove_operator",
    "rename_organization",
    "request_verification",
    "resend",
    "revoke",
    "schedule_deletion",
    "sign_up",
    "transfer_ownership",
    "unarchive_project",
    "verify_by_code",
    "verify_by_hash",
    "verify_by_token",
]
