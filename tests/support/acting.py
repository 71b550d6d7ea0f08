"""A member as a request makes them, where there is no request."""

from accounts.membership import Acting
from accounts.models import Membership, Organization, User


def acting(user: User, organization: Organization) -> Acting:
    return Acting(user, Membership.objects.get(user=user, organization=organization))
