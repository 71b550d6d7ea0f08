"""Whom the messages of accounts go to, and what they are about."""

from accounts.notices import account, deletions, organization

__all__ = ["account", "deletions", "organization"]
