"""The events that keys cause, for customers' webhooks."""

from notifications.webhooks.kinds import event

event("key.created", "An API key was created", subject="key_id")
event("key.revoked", "An API key was revoked", subject="key_id")
