"""Sealing and opening. Personal data and customer content exist on disk only under keys kept here,
and open only inside a disclosure scope whose ledger leaf was committed first."""
