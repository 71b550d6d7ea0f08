"""The archive of a person's own data: what the worker gathers beforehand, and what opens when they download it."""
