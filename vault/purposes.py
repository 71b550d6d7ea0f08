"""Why sealed data may be opened: one table, field by purpose, to be read beside docs/commitments.md.

Nothing else opens anything. A purpose that is not here does not exist; a field that does not stand beside
a purpose does not open under it; who is not named beside it does not open it.
"""

from dataclasses import dataclass
from enum import StrEnum

from ledger.actor import Actor, ActorKind


class Purpose(StrEnum):
    OWN_ACCOUNT = "own-account"
    OWN_CONTENT = "own-content"
    AUTHENTICATION = "authentication"
    SINGLE_SIGN_ON = "single-sign-on"
    AUTHORIZATION = "authorization"
    TEAM_ADMINISTRATION = "team-administration"
    EMAIL_NOTIFICATION = "email-notification"
    SMS = "sms"
    WEBHOOK_SIGNING = "webhook-signing"
    SUPPORT_REQUEST = "support-request"
    ACCEPTABLE_USE = "acceptable-use"
    LEGAL_OBLIGATION = "legal-obligation"
    BILLING = "billing"
    REKEYING = "re-keying"
    ERASURE = "erasure"


class Reason(StrEnum):
    """Why an organization opens its own content. Words of a list, so that nobody types a name into the ledger."""

    DEBUGGING = "debugging"
    QUALITY = "quality"
    SECURITY = "security"
    PERSON = "request-of-a-person"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Rule:
    """What a purpose opens and for whom.

    `actors` holds kinds, or single parts of the program as kind:id. With `granted` it opens only under a grant that
    names the case, the fields and the rows. With `inside` the unsealer uses the plaintext itself and releases nothing.
    With `reasoned` it opens only with a reason, which stands in the leaf.
    """

    because: str
    fields: frozenset[str]
    actors: frozenset[str]
    own: bool = False  # only rows whose tenant is the actor
    granted: bool = False
    inside: bool = False
    reasoned: bool = False

    def admits(self, actor: Actor) -> bool:
        return bool({actor.kind.value, str(actor)} & self.actors)


_SPARE_EMAIL, _SPARE_PHONE = "accounts.SpareAddress.email", "accounts.SparePhone.phone"
_EMAIL, _PHONE, _ROLE = "accounts.User.email", "accounts.User.phone", "accounts.Membership.role"
_PROFILE = frozenset(f"accounts.User.{field}" for field in ("name", "email", "phone", "location", "date_of_birth"))
_DIRECTORY, _CONTACT = "accounts.Directory.entries", "accounts.BillingContact.email"
_INVITED, _INVITED_TO = "accounts.Invitation.email", "accounts.Invitation.access"
_EXPORT = frozenset({"accounts.ExportPart.content"})  # what its person asked for, and takes away
_TOTP_SECRET = frozenset({"accounts.Totp.secret"})
_WEBHOOK_SECRET = frozenset({"notifications.SigningSecret.secret"})
_CLIENT_SECRET = frozenset({"accounts.IdentityProvider.client_secret"})
_CONTENT = frozenset({"content.StoredExchange.request", "content.StoredExchange.response"})
_OF_TEAMS = frozenset({_ROLE, _DIRECTORY, _CONTACT, _INVITED, _INVITED_TO})
_EVERYTHING = _PROFILE | _CONTENT | _OF_TEAMS | {_SPARE_EMAIL, _SPARE_PHONE}

_PEOPLE = frozenset({ActorKind.USER.value})
_MEMBERS = frozenset({ActorKind.USER.value, ActorKind.KEY.value})
_PROGRAM = frozenset({ActorKind.USER.value, ActorKind.KEY.value, ActorKind.SYSTEM.value, ActorKind.OPERATOR.value})
_STAFF = frozenset({ActorKind.STAFF.value})
_OPERATOR = frozenset({ActorKind.OPERATOR.value})
_NOTIFICATIONS = frozenset({"system:notifications"})
_SIGN_IN = frozenset({"system:sign-in"})

RULES: dict[Purpose, Rule] = {
    Purpose.OWN_ACCOUNT: Rule(
        "The person looks at their own data.", _PROFILE | _EXPORT | {_SPARE_EMAIL, _SPARE_PHONE}, _PEOPLE, own=True
    ),
    Purpose.OWN_CONTENT: Rule(
        "An organization reads a call of its own, in the request log.", _CONTENT, _MEMBERS, reasoned=True
    ),
    Purpose.AUTHENTICATION: Rule("The person proves who they are.", _TOTP_SECRET, _PEOPLE, own=True),
    Purpose.SINGLE_SIGN_ON: Rule("To ask the organization's own provider who signs in.", _CLIENT_SECRET, _SIGN_IN),
    Purpose.AUTHORIZATION: Rule("The program checks what a member may do.", frozenset({_ROLE, _INVITED_TO}), _PROGRAM),
    Purpose.TEAM_ADMINISTRATION: Rule(
        "An organization manages its own members, invitations and billing contacts.",
        frozenset({_EMAIL, "accounts.User.name", _ROLE, _DIRECTORY, _CONTACT, _INVITED, _INVITED_TO}),
        _PROGRAM,
    ),
    Purpose.EMAIL_NOTIFICATION: Rule(
        "To send an email to that person.", frozenset({_EMAIL, _CONTACT, _SPARE_EMAIL, _INVITED}), _NOTIFICATIONS
    ),
    Purpose.SMS: Rule("To send a text message to that person.", frozenset({_PHONE, _SPARE_PHONE}), _NOTIFICATIONS),
    Purpose.WEBHOOK_SIGNING: Rule("To sign an event for the endpoint.", _WEBHOOK_SECRET, _NOTIFICATIONS),
    Purpose.SUPPORT_REQUEST: Rule(
        "What a customer submitted to support, as far as their ticket names it.", _EVERYTHING, _STAFF, granted=True
    ),
    Purpose.ACCEPTABLE_USE: Rule("To enforce the acceptable use policy.", _EVERYTHING, _STAFF, granted=True),
    Purpose.LEGAL_OBLIGATION: Rule("To comply with the law.", _EVERYTHING, _STAFF, granted=True),
    # Payments go by opaque ids: the payment pages ask for an address themselves.
    Purpose.BILLING: Rule("To charge for the service.", frozenset(), _PROGRAM),
    Purpose.REKEYING: Rule(
        "To seal again under a new key.",
        _EVERYTHING | _EXPORT | _TOTP_SECRET | _WEBHOOK_SECRET | _CLIENT_SECRET,
        _OPERATOR,
        inside=True,
    ),
    Purpose.ERASURE: Rule(
        "To take a person out of what is kept, and to remember that they said no.",
        frozenset({_DIRECTORY, _INVITED, _CONTACT}),
        _PROGRAM,
    ),
}


def opens(purpose: Purpose, field: str) -> bool:
    """Tell whether `field` (app.Model.field) may open under `purpose`."""
    return field in RULES[purpose].fields


def fields_by_purpose() -> dict[str, list[str]]:
    """Return what each purpose may open, for the proof bundle's word "never"."""
    return {purpose.value: sorted(rule.fields) for purpose, rule in RULES.items()}
