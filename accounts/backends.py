"""Sign-in by email and password."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import check_password, make_password
from django.http import HttpRequest

from accounts.models import User


class EmailBackend(BaseBackend):
    """Finds the user by the address's blind index. An unknown address costs as much time as a wrong password.

    So a person's row, which takes a while to make of its columns, is read only after the right one.
    """

    def authenticate(
        self, request: HttpRequest | None, email: str | None = None, password: str | None = None, **kwargs: Any
    ) -> User | None:
        if email is None or password is None:
            return None
        pk, encoded = User.objects.of_email(email).values_list("pk", "password").first() or (None, "")
        if pk is None:
            make_password(password)
            return None

        def hash_anew(password: str) -> None:
            """Keep the password as the settings hash it by now."""
            User.objects.filter(pk=pk).update(password=make_password(password))

        return self.get_user(pk) if check_password(password, encoded, hash_anew) else None

    def get_user(self, user_id: UUID) -> User | None:
        user = User.objects.with_deletion().filter(pk=user_id).first()
        return user if user and may_sign_in(user) else None


def may_sign_in(user: User) -> bool:
    """Tell whether an account is open at all, by whichever way its person signs in."""
    return user.is_active and (settings.DEVELOPMENT or not user.is_demo)
