"""Planes: data under different root keys that meet only for a documented purpose (commitment C2)."""

from enum import StrEnum
from uuid import UUID


class Plane(StrEnum):
    CUSTOMER_DATA = "customer-data"  # accounts, roles, profiles
    CUSTOMER_CONTENT = "customer-content"  # prompts, answers, parameters
    INDEX = "index"  # keys of blind indexes and of the ledger's signature


# Keys of the index plane that belong to no customer have tenants of their own, beside ledger.ids.INSTALLATION,
# whose index key finds people by their address.
API_KEYS = UUID("00000000-0000-8000-8000-000000000001")
SIGNER = UUID("00000000-0000-8000-8000-000000000002")
