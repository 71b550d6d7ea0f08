"""Makes tenants with money, budgets and limits, and prints their keys as JSON. Run as a program, by test_faults."""

import json

import django

django.setup()

from bench.faults.installation import tenant
from bench.gateway import house

LEAVING, FEW_CENTS = 40, 20


def main() -> None:
    house.offer()
    told: dict[str, str] = {}
    for name, keys, cents in (
        ("leaving", LEAVING, 1000),
        ("killed", 1, 1000),
        ("poor", 1, FEW_CENTS),
        ("used", 1, 1000),
    ):
        made = tenant(name, keys=keys, cents=cents)
        told[name] = made.organization_id.hex
        for number, (secret, key_id) in enumerate(made.keys.items()):
            told |= {f"{name} {number}": secret, f"{name} {number} id": key_id.hex}
    print(json.dumps(told))


if __name__ == "__main__":
    main()
