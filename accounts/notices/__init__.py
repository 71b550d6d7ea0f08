"""Whom the messages of accounts go to, and what they are about."""

from accounts.notices import account, organization

__all__ = ["account", "organization"]
