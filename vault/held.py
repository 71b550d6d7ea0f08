"""Why each field of a person's profile is held, in the words that its person reads; beside vault/purposes.py.

A sentence here may claim no more than that table enforces: a test compares them.
"""

HELD: dict[str, str] = {
    "accounts.User.name": "So that the members of your organizations know who you are.",
    "accounts.User.email": "To sign you in, to write to you, and so that your organizations can find you.",
    "accounts.User.phone": "Only to send you text messages.",
    "accounts.User.location": "Only because you want it here: no message and nobody else’s page uses it.",
    "accounts.User.date_of_birth": "Only because you want it here: no message and nobody else’s page uses it.",
}
