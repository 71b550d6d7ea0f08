from accounts.models.billing_contact import BillingContact
from accounts.models.browser_session import BrowserSession
from accounts.models.device import Device
from accounts.models.directory import Directory
from accounts.models.email_index import EmailIndex
from accounts.models.email_verification import EmailVerification
from accounts.models.identity_provider import IdentityProvider
from accounts.models.membership import Membership, Role
from accounts.models.organization import Organization
from accounts.models.passkey import Passkey
from accounts.models.password_reset import PasswordReset
from accounts.models.project import Project
from accounts.models.recovery_code import RecoveryCode
from accounts.models.spare_address import SpareAddress
from accounts.models.sso_link import SsoLink
from accounts.models.totp import Totp
from accounts.models.user import User
from accounts.models.verified_domain import VerifiedDomain

__all__ = [
    "BillingContact",
    "BrowserSession",
    "Device",
    "Directory",
    "EmailIndex",
    "EmailVerification",
    "IdentityProvider",
    "Membership",
    "Organization",
    "Passkey",
    "PasswordReset",
    "Project",
    "RecoveryCode",
    "Role",
    "SpareAddress",
    "SsoLink",
    "Totp",
    "User",
    "VerifiedDomain",
]
