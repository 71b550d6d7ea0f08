"""The audit log: what changed in an organization, who did it, and whether the ledger says the same."""
