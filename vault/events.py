"""Giving audit events their leaves: from the console's database to the unsealer, who writes the log."""

from ledger.events import pending_entries, settle_events
from vault.unsealer import unsealer


def record_pending() -> int:
    """Give every waiting event its leaf and return how many there were.

    Killed at any point it goes on where it was: an event with a leaf never gets a second one.
    """
    recorded = 0
    while entries := pending_entries():
        unsealer().record(entries)
        settle_events(entries)
        recorded += len(entries)
    return recorded
