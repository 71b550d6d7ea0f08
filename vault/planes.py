"""Planes: data under different root keys that meet only for a documented purpose (commitment C2)."""

from enum import StrEnum
from uuid import UUID


class Plane(StrEnum):
    CUSTOMER_DATA = "customer-data"  # accounts, roles, profiles
    CUSTOMER_CONTENT = "customer-content"  # prompts, answers, parameters
    INDEX = "index"  # keys of blind indexes


# The tenant of keys that belong to the installation and not to a customer: the sign-in index.
INSTALLATION = UUID("00000000-0000-8000-8000-000000000000")
