"""Planes: data under different root keys that meet only for a documented purpose (commitment C2)."""

from enum import StrEnum


class Plane(StrEnum):
    CUSTOMER_DATA = "customer-data"  # accounts, roles, profiles
    CUSTOMER_CONTENT = "customer-content"  # prompts, answers, parameters
    INDEX = "index"  # keys of blind indexes and of the ledger's signature
