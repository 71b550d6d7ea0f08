"""Actions in words: of each a sentence, with places for who did it and what it was done to.

A language puts these where it wants, and words them so that each fits "you", "a member" and a name alike.
"""

import re

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

PLACE = re.compile(r"%\((who|target|action)\)s")
WORDS: dict[str, Promise] = {
    "account:created": gettext_lazy("%(who)s opened the account %(target)s"),
    "account:closed": gettext_lazy("%(who)s closed the account %(target)s"),
    "account:erased": gettext_lazy("%(who)s erased the account of %(target)s"),
    "email:verified": gettext_lazy("%(who)s proved the address of %(target)s"),
    "verification:requested": gettext_lazy("%(who)s asked for a proof of address for %(target)s"),
    "email:change-requested": gettext_lazy("%(who)s asked to change the address of %(target)s"),
    "email:taken-back": gettext_lazy("%(who)s took back the address of %(target)s"),
    "email:changed": gettext_lazy("%(who)s changed the address of %(target)s"),
    "password:changed": gettext_lazy("%(who)s changed the password of %(target)s"),
    "password:reset-requested": gettext_lazy("%(who)s asked to reset the password of %(target)s"),
    "password:reset": gettext_lazy("%(who)s reset the password of %(target)s"),
    "session:started": gettext_lazy("%(who)s signed in"),
    "session:ended": gettext_lazy("%(who)s signed out"),
    "sessions:ended": gettext_lazy("%(who)s ended sessions of %(target)s"),
    "session:confirmed": gettext_lazy("%(who)s confirmed who they are"),
    "profile:changed": gettext_lazy("%(who)s changed the profile of %(target)s"),
    "phone:change-requested": gettext_lazy("%(who)s asked to change the phone number of %(target)s"),
    "phone:changed": gettext_lazy("%(who)s changed the phone number of %(target)s"),
    "phone:removed": gettext_lazy("%(who)s removed the phone number of %(target)s"),
    "export:requested": gettext_lazy("%(who)s asked for the archive of %(target)s"),
    "export:downloaded": gettext_lazy("%(who)s downloaded the archive of %(target)s"),
    "preferences:changed": gettext_lazy("%(who)s changed the message settings of %(target)s"),
    "operator:made": gettext_lazy("%(who)s made an operator of %(target)s"),
    "operator:removed": gettext_lazy("%(who)s removed %(target)s as operator"),
    "factor:added": gettext_lazy("%(who)s added a second factor for %(target)s"),
    "factor:renamed": gettext_lazy("%(who)s renamed a passkey of %(target)s"),
    "factor:removed": gettext_lazy("%(who)s removed a second factor of %(target)s"),
    "passkey:refused": gettext_lazy("%(who)s was refused with the passkey %(target)s"),
    "recovery-codes:made": gettext_lazy("%(who)s made recovery codes for %(target)s"),
    "recovery-code:used": gettext_lazy("%(who)s used a recovery code of %(target)s"),
    "organization:created": gettext_lazy("%(who)s created the organization %(target)s"),
    "organization:renamed": gettext_lazy("%(who)s renamed the organization %(target)s"),
    "organization:seats-set": gettext_lazy("%(who)s set the number of seats of %(target)s"),
    "deletion:scheduled": gettext_lazy("%(who)s scheduled the deletion of %(target)s"),
    "deletion:cancelled": gettext_lazy("%(who)s called off the deletion of %(target)s"),
    "organization:erased": gettext_lazy("%(who)s erased the organization %(target)s"),
    "ownership:transferred": gettext_lazy("%(who)s handed the organization over to %(target)s"),
    "security:changed": gettext_lazy("%(who)s changed the security rules of %(target)s"),
    "sso:configured": gettext_lazy("%(who)s set up single sign-on"),
    "sso:changed": gettext_lazy("%(who)s changed single sign-on"),
    "sso:removed": gettext_lazy("%(who)s removed single sign-on"),
    "sso:enforced": gettext_lazy("%(who)s required single sign-on"),
    "sso:relaxed": gettext_lazy("%(who)s made single sign-on optional"),
    "sso:links-forgotten": gettext_lazy("%(who)s forgot who is who at the single sign-on provider"),
    "domain:added": gettext_lazy("%(who)s added the domain %(target)s"),
    "domain:verified": gettext_lazy("%(who)s proved the domain %(target)s"),
    "domain:lapsed": gettext_lazy("%(who)s no longer found the record of the domain %(target)s"),
    "domain:removed": gettext_lazy("%(who)s removed the domain %(target)s"),
    "project:created": gettext_lazy("%(who)s created the project %(target)s"),
    "project:renamed": gettext_lazy("%(who)s renamed the project %(target)s"),
    "project:retention-changed": gettext_lazy("%(who)s changed how long content of the project %(target)s is kept"),
    "project:unarchived": gettext_lazy("%(who)s took up the project %(target)s again"),
    "project:archived": gettext_lazy("%(who)s archived the project %(target)s"),
    "member:added": gettext_lazy("%(who)s added %(target)s to the organization"),
    "member:invited": gettext_lazy("%(who)s sent the invitation %(target)s"),
    "members:exported": gettext_lazy("%(who)s exported the members of %(target)s"),
    "invitation:resent": gettext_lazy("%(who)s sent the invitation %(target)s again"),
    "invitation:accepted": gettext_lazy("%(who)s accepted the invitation %(target)s"),
    "invitation:declined": gettext_lazy("%(who)s declined the invitation %(target)s"),
    "invitation:revoked": gettext_lazy("%(who)s took back the invitation %(target)s"),
    "invitation:voided": gettext_lazy("%(who)s ended the invitation %(target)s"),
    "invitation:purged": gettext_lazy("%(who)s erased the unanswered invitation %(target)s"),
    "member:removed": gettext_lazy("%(who)s removed %(target)s from the organization"),
    "member:role-changed": gettext_lazy("%(who)s changed the role of %(target)s"),
    "member:left-domain": gettext_lazy("%(who)s took the address of %(target)s out of the organization's domains"),
    "billing-contact:added": gettext_lazy("%(who)s added the billing contact %(target)s"),
    "billing-contact:asked-again": gettext_lazy("%(who)s asked the billing contact %(target)s again"),
    "billing-contact:confirmed": gettext_lazy("%(who)s confirmed to be the billing contact %(target)s"),
    "billing-contact:refused": gettext_lazy("%(who)s refused to be the billing contact %(target)s"),
    "billing-contact:removed": gettext_lazy("%(who)s removed the billing contact %(target)s"),
    "key:created": gettext_lazy("%(who)s created the API key %(target)s"),
    "key:revoked": gettext_lazy("%(who)s revoked the API key %(target)s"),
    "admin-key:created": gettext_lazy("%(who)s created the admin key %(target)s"),
    "admin-key:revoked": gettext_lazy("%(who)s revoked the admin key %(target)s"),
    "control-key:created": gettext_lazy("%(who)s created the control key %(target)s"),
    "control-key:revoked": gettext_lazy("%(who)s revoked the control key %(target)s"),
    "webhook:created": gettext_lazy("%(who)s added the webhook %(target)s"),
    "webhook:changed": gettext_lazy("%(who)s changed the webhook %(target)s"),
    "webhook:rotated": gettext_lazy("%(who)s rotated the secret of the webhook %(target)s"),
    "webhook:deleted": gettext_lazy("%(who)s deleted the webhook %(target)s"),
    "webhook:disabled": gettext_lazy("%(who)s disabled the webhook %(target)s"),
    "messages:requeued": gettext_lazy("%(who)s requeued messages"),
    "suppression:lifted": gettext_lazy("%(who)s lifted a suppression"),
    "models:synced": gettext_lazy("%(who)s took over the models of the server"),
    "price:set": gettext_lazy("%(who)s set the price of %(target)s"),
    "billing:terms-set": gettext_lazy("%(who)s set how %(target)s pays"),
    "billing:cap-set": gettext_lazy("%(who)s set the spend cap of %(target)s"),
    "credit:given": gettext_lazy("%(who)s gave the credit %(target)s"),
    "invoice:ended": gettext_lazy("%(who)s ended the draft invoice %(target)s before the month's end"),
    "invoice:closed": gettext_lazy("%(who)s closed the invoice %(target)s"),
    "invoice:paid": gettext_lazy("%(who)s noted the payment of the invoice %(target)s"),
    "invoice:voided": gettext_lazy("%(who)s voided the invoice %(target)s"),
    "invoice:uncollectible": gettext_lazy("%(who)s stopped collecting the invoice %(target)s"),
    "top-up:started": gettext_lazy("%(who)s began to buy credit, %(target)s"),
    "top-up:paid": gettext_lazy("%(who)s confirmed the payment of credit, %(target)s"),
    "top-up:to-confirm": gettext_lazy("%(who)s asked for a confirmation of the payment %(target)s"),
    "top-up:failed": gettext_lazy("%(who)s refused the payment %(target)s"),
    "top-up:expired": gettext_lazy("%(who)s ended the unpaid purchase %(target)s"),
    "top-up:cancelled": gettext_lazy("%(who)s cancelled the purchase %(target)s"),
    "auto-recharge:set": gettext_lazy("%(who)s set auto-recharge"),
    "auto-recharge:stopped": gettext_lazy("%(who)s switched auto-recharge off"),
    "balance-warning:set": gettext_lazy("%(who)s set the warning of a low balance"),
    "payment-methods:opened": gettext_lazy("%(who)s opened the payment methods"),
    "payments:retried": gettext_lazy("%(who)s had payments tried or looked up again"),
    "billing:suspended": gettext_lazy("%(who)s suspended the billing account %(target)s"),
    "billing:resumed": gettext_lazy("%(who)s let the billing account %(target)s go on"),
    "billing:reconciled": gettext_lazy("%(who)s had the books compared"),
    "invoice:collected": gettext_lazy("%(who)s asked for the payment of the invoice %(target)s"),
    "invoice:refused": gettext_lazy("%(who)s refused a payment of the invoice %(target)s"),
    "invoice:to-confirm": gettext_lazy("%(who)s asked for a confirmation of the payment of the invoice %(target)s"),
    "debt:written-off": gettext_lazy("%(who)s wrote off debt, %(target)s"),
    "refund:requested": gettext_lazy("%(who)s asked for the refund %(target)s"),
    "refund:paid": gettext_lazy("%(who)s paid the refund %(target)s"),
    "refund:failed": gettext_lazy("%(who)s could not pay the refund %(target)s"),
    "dispute:opened": gettext_lazy("%(who)s told of the dispute %(target)s"),
    "dispute:withdrawn": gettext_lazy("%(who)s took the money of the dispute %(target)s"),
    "dispute:won": gettext_lazy("%(who)s told that the dispute %(target)s was won"),
    "dispute:lost": gettext_lazy("%(who)s told that the dispute %(target)s was lost"),
}
# What somebody did to themselves.
_OWN: dict[str, Promise] = {
    "member:added": gettext_lazy("%(who)s joined the organization"),
    "member:removed": gettext_lazy("%(who)s left the organization"),
}
_FIELDS: dict[str, Promise] = {
    "project": gettext_lazy("Project"),
    "version": gettext_lazy("Version of the role"),
    "commitment": gettext_lazy("Commitment to the role"),
    "days": gettext_lazy("Days that content is kept now"),
    "former": gettext_lazy("Days that content was kept"),
    "retention_days": gettext_lazy("Days that content is kept"),
    "second_factor": gettext_lazy("Second factor required"),
    "session_hours": gettext_lazy("Hours until asked again"),
    "idle_minutes": gettext_lazy("Minutes of rest until asked again"),
    "domains": gettext_lazy("Email domains"),
    "kinds": gettext_lazy("Events"),
    "by": gettext_lazy("Shown by"),
    "name": gettext_lazy("Name"),
    "enabled": gettext_lazy("Enabled"),
    "changed": gettext_lazy("What was changed"),
    "seats": gettext_lazy("Seats"),
    "count": gettext_lazy("Count"),
    "because": gettext_lazy("Reason"),
    "deletion": gettext_lazy("Deletion"),
    "secret": gettext_lazy("Secret changed"),
    "makes_accounts": gettext_lazy("Makes accounts"),
    "invoice:closed number": gettext_lazy("Number"),
    "invoice:closed hash": gettext_lazy("Hash of the snapshot"),
    "invoice:closed root": gettext_lazy("Root of the rated usage"),
    "ownership:transferred former": gettext_lazy("Former owner"),
    # Scopes of an admin key, by resource; of members and projects also how many there were.
    "organization": gettext_lazy("Organization"),
    "projects": gettext_lazy("Projects"),
    "members": gettext_lazy("Members"),
    "keys": gettext_lazy("API keys"),
    "webhooks": gettext_lazy("Webhooks"),
    "billing-contacts": gettext_lazy("Billing contacts"),
    "audit": gettext_lazy("Audit log"),
    "data-access": gettext_lazy("Data access"),
    "admin-keys": gettext_lazy("Admin keys"),
}


def of_action(action: str, *, is_own: bool = False) -> str:
    """Return the sentence of an action, or of one to oneself; one that nobody wrote words for is told by its tag."""
    if is_own and action in _OWN:
        return str(_OWN[action])
    return str(WORDS[action]) if action in WORDS else _("%(who)s did %(action)s to %(target)s")


def of_field(name: str, action: str = "") -> str:
    """Return what a member of an event's payload is called; the action tells where a name means two things."""
    known = _FIELDS.get(f"{action} {name}") or _FIELDS.get(name)
    return str(known) if known else name.replace("_", " ").replace("-", " ").capitalize()


def tag(action: str) -> str:
    """Return an action as the search takes it and the page shows it."""
    return action.replace(":", ".")
