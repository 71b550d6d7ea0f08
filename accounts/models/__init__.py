from accounts.models.billing_contact import BillingContact
from accounts.models.directory import Directory
from accounts.models.email_index import EmailIndex
from accounts.models.email_verification import EmailVerification
from accounts.models.membership import Membership, Role
from accounts.models.organization import Organization
from accounts.models.project import Project
from accounts.models.user import User

__all__ = [
    "BillingContact",
    "Directory",
    "EmailIndex",
    "EmailVerification",
    "Membership",
    "Organization",
    "Project",
    "Role",
    "User",
]
