from accounts.models.browser_session import BrowserSession
from accounts.models.device import Device
from accounts.models.directory import Directory
from accounts.models.email_index import EmailIndex
from accounts.models.email_verification import EmailVerification
from accounts.models.membership import Membership, Role
from accounts.models.organization import Organization
from accounts.models.passkey import Passkey
from accounts.models.project import Project
from accounts.models.recovery_code import RecoveryCode
from accounts.models.totp import Totp
from accounts.models.user import User

__all__ = [
    "BrowserSession",
    "Device",
    "Directory",
    "EmailIndex",
    "EmailVerification",
    "Membership",
    "Organization",
    "Passkey",
    "Project",
    "RecoveryCode",
    "Role",
    "Totp",
    "User",
]
