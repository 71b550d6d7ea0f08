"""The account whose key is used."""

from dev.stripe_simulator.api.call import Call, Endpoint
from dev.stripe_simulator.errors import Json
from dev.stripe_simulator.world import World


def retrieve(world: World, call: Call) -> Json:
    return {
        "id": "acct_simulator",
        "object": "account",
        "business_profile": {"name": "Llama console"},
        "capabilities": {"card_payments": "active", "us_bank_account_ach_payments": "active"},
        "charges_enabled": True,
        "country": "US",
        "created": 0,
        "default_currency": "usd",
        "details_submitted": True,
        "email": None,
        "metadata": {},
        "payouts_enabled": True,
        "type": "standard",
    }


ENDPOINTS = [Endpoint("GET", "/v1/account", "AccountRetrieveCurrentParams", retrieve)]
