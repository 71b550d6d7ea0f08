"""For other gateways, under /control/v1: how keys stand, whether a call may go on, and what was used."""
