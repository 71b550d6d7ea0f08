from accounts.models.billing_contact import BillingContact
from accounts.models.browser_session import BrowserSession
from accounts.models.data_export import DataExport, ExportPart
from accounts.models.deletion import Deletion
from accounts.models.device import Device
from accounts.models.directory import Directory
from accounts.models.email_index import EmailIndex
from accounts.models.email_verification import EmailVerification
from accounts.models.identity_provider import IdentityProvider
from accounts.models.invitation import Invitation, InvitationIndex
from accounts.models.membership import Membership, Role
from accounts.models.organization import Organization
from accounts.models.passkey import Passkey
from accounts.models.password_reset import PasswordReset
from accounts.models.project import Project
from accounts.models.recovery_code import RecoveryCode
from accounts.models.refusal import Refusal
from accounts.models.security_settings import SecuritySettings
from accounts.models.spare_address import SpareAddress
from accounts.models.spare_phone import SparePhone
from accounts.models.sso_link import SsoLink
from accounts.models.totp import Totp
from accounts.models.user import User
from accounts.models.verified_domain import VerifiedDomain

__all__ = [
    "BillingContact",
    "BrowserSession",
    "DataExport",
    "Deletion",
    "Device",
    "Directory",
    "EmailIndex",
    "EmailVerification",
    "ExportPart",
    "IdentityProvider",
    "Invitation",
    "InvitationIndex",
    "Membership",
    "Organization",
    "Passkey",
    "PasswordReset",
    "Project",
    "RecoveryCode",
    "Refusal",
    "Role",
    "SecuritySettings",
    "SpareAddress",
    "SparePhone",
    "SsoLink",
    "Totp",
    "User",
    "VerifiedDomain",
]
