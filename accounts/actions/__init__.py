from accounts.actions.organizations import add_member, create_organization, create_project
from accounts.actions.roles import change_role
from accounts.actions.sign_up import Registration, request_verification, sign_up
from accounts.actions.verification import issue_verification, verify_by_code, verify_by_token

__all__ = [
    "Registration",
    "add_member",
    "change_role",
    "create_organization",
    "create_project",
    "issue_verification",
    "request_verification",
    "sign_up",
    "verify_by_code",
    "verify_by_token",
]
