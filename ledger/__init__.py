"""The append-only record of what happened: audit events of changes, and leaves of openings."""
