"""Actions in words: what comes between who did it and what it was done to."""

WORDS = {
    "account:created": "opened the account",
    "account:closed": "closed the account",
    "account:erased": "erased the account of",
    "email:verified": "proved the address of",
    "verification:requested": "asked for a proof of address for",
    "email:change-requested": "asked to change the address of",
    "email:taken-back": "took back the address of",
    "email:changed": "changed the address of",
    "password:changed": "changed the password of",
    "password:reset-requested": "asked to reset the password of",
    "password:reset": "reset the password of",
    "session:started": "signed in",
    "session:ended": "signed out",
    "sessions:ended": "ended sessions of",
    "session:confirmed": "confirmed who they are",
    "profile:changed": "changed the profile of",
    "phone:change-requested": "asked to change the phone number of",
    "phone:changed": "changed the phone number of",
    "phone:removed": "removed the phone number of",
    "export:requested": "asked for the archive of",
    "export:downloaded": "downloaded the archive of",
    "preferences:changed": "changed the message settings of",
    "operator:made": "made an operator of",
    "operator:removed": "removed as operator",
    "factor:added": "added a second factor for",
    "factor:renamed": "renamed a passkey of",
    "factor:removed": "removed a second factor of",
    "passkey:refused": "was refused with the passkey",
    "recovery-codes:made": "made recovery codes for",
    "recovery-code:used": "used a recovery code of",
    "organization:created": "created the organization",
    "organization:renamed": "renamed the organization",
    "organization:seats-set": "set the number of seats of",
    "deletion:scheduled": "scheduled the deletion of",
    "deletion:cancelled": "called off the deletion of",
    "organization:erased": "erased the organization",
    "ownership:transferred": "handed the organization over to",
    "security:changed": "changed the security rules of",
    "project:created": "created the project",
    "project:renamed": "renamed the project",
    "project:retention-changed": "changed how long content is kept of the project",
    "project:unarchived": "took up again the project",
    "project:archived": "archived the project",
    "member:added": "added the member",
    "member:invited": "sent the invitation",
    "members:exported": "exported the members of",
    "invitation:resent": "sent again the invitation",
    "invitation:accepted": "accepted the invitation",
    "invitation:declined": "declined the invitation",
    "invitation:revoked": "took back the invitation",
    "invitation:voided": "ended the invitation",
    "invitation:purged": "erased the unanswered invitation",
    "member:removed": "removed the member",
    "member:role-changed": "changed the role of",
    "billing-contact:added": "added the billing contact",
    "billing-contact:asked-again": "asked again the billing contact",
    "billing-contact:confirmed": "confirmed to be the billing contact",
    "billing-contact:refused": "refused to be the billing contact",
    "billing-contact:removed": "removed the billing contact",
    "key:created": "created the API key",
    "key:revoked": "revoked the API key",
    "admin-key:created": "created the admin key",
    "admin-key:revoked": "revoked the admin key",
    "webhook:created": "added the webhook",
    "webhook:changed": "changed the webhook",
    "webhook:rotated": "rotated the secret of the webhook",
    "webhook:deleted": "deleted the webhook",
    "webhook:disabled": "disabled the webhook",
    "messages:requeued": "requeued messages",
    "suppression:lifted": "lifted a suppression",
    "models:synced": "took over the models of the server",
    "price:set": "set the price of",
}
_FIELDS = {
    "project": "Project",
    "version": "Version of the role",
    "commitment": "Commitment to the role",
    "days": "Days that content is kept now",
    "former": "Days that content was kept",
    "retention_days": "Days that content is kept",
    "second_factor": "Second factor required",
    "session_hours": "Hours until asked again",
    "idle_minutes": "Minutes of rest until asked again",
    "domains": "Email domains",
    "kinds": "Events",
    "by": "Shown by",
    "name": "Name",
    "enabled": "Enabled",
    "changed": "What was changed",
}


def of_action(action: str) -> str:
    """Return the words for an action; one that nobody wrote words for is told by its tag."""
    subject, _, verb = action.partition(":")
    return WORDS.get(action) or f"{verb.replace('-', ' ')} {subject.replace('-', ' ')}".strip() or "did something to"


def of_field(name: str) -> str:
    return _FIELDS.get(name) or name.replace("_", " ").replace("-", " ").capitalize()


def tag(action: str) -> str:
    """Return an action as the search takes it and the page shows it."""
    return action.replace(":", ".")
