"""Sign-in by email and password."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest

from accounts.models import User


class EmailBackend(BaseBackend):
    """Finds the user by the address's blind index. An unknown address costs as much time as a wrong password."""

    def authenticate(
        self, request: HttpRequest | None, email: str | None = None, password: str | None = None, **kwargs: Any
    ) -> User | None:
        if email is None or password is None:
            return None
        user = User.objects.find_by_email(email)
        if user is None:
            make_password(password)
            return None
        return user if user.check_password(password) and may_sign_in(user) else None

    def get_user(self, user_id: UUID) -> User | None:
        user = User.objects.with_deletion().filter(pk=user_id).first()
        return user if user and may_sign_in(user) else None


def may_sign_in(user: User) -> bool:
    """Tell whether an account is open at all, by whichever way its person signs in."""
    return user.is_active and (settings.DEVELOPMENT or not user.is_demo)
