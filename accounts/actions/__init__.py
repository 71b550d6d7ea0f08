from accounts.actions.erasure import LastOwner, erase_organization, erase_user
from accounts.actions.operators import make_operator, remove_operator
from accounts.actions.organizations import add_member, create_organization, create_project
from accounts.actions.roles import change_role
from accounts.actions.sign_up import Registration, request_verification, sign_up
from accounts.actions.verification import (
    hash_token,
    issue_verification,
    verify_by_code,
    verify_by_hash,
    verify_by_token,
)

__all__ = [
    "LastOwner",
    "Registration",
    "add_member",
    "change_role",
    "create_organization",
    "create_project",
    "erase_organization",
    "erase_user",
    "hash_token",
    "issue_verification",
    "make_operator",
    "remove_operator",
    "request_verification",
    "sign_up",
    "verify_by_code",
    "verify_by_hash",
    "verify_by_token",
]
