"""The state as a JSON file, so that a restart keeps customers and cards. No card number is ever part of it."""

import asyncio
import json
import os
from pathlib import Path

from dev.stripe_simulator.world import World

EVERY = 1.0  # seconds


def load(world: World, file: Path) -> None:
    """Read the state; one that another version wrote is put aside."""
    try:
        world.load(json.loads(file.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return
    except (ValueError, KeyError, TypeError):
        file.replace(file.with_suffix(".unreadable"))
        world.reset()


def save(world: World, file: Path) -> None:
    """Write the whole state in the place of the old one."""
    world.changed = False
    fresh = file.with_suffix(".new")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(handle, "w", encoding="utf-8") as written:
        json.dump(world.as_json(), written)
    fresh.replace(file)


async def keep(world: World, file: Path) -> None:
    while True:
        await asyncio.sleep(EVERY)
        if world.changed:
            save(world, file)
