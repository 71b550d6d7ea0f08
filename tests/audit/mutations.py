"""Every address that takes a POST, PUT, PATCH or DELETE, and the event that it writes; or why it writes none."""

from dataclasses import dataclass

from ledger.models import Action


@dataclass(frozen=True, slots=True)
class Exempt:
    """A route that changes nothing anybody has to be told of."""

    because: str


_SIGN_IN = (Action.SIGNED_IN,)
_CHALLENGE = Exempt("makes a challenge for a passkey, good for five minutes")
_LOOK = Exempt("shows something that a GET would put into the address; each opening has its own leaf")
_HOOK = Exempt("what a provider tells of messages; counted in the delivery log")

MUTATIONS: dict[str, tuple[Action, ...] | Exempt] = {
    "theme": Exempt("sets a cookie"),
    "unsubscribe": (Action.PREFERENCES_CHANGED,),
    "accounts:sign_up": (Action.ACCOUNT_CREATED,),
    "accounts:sign_in": _SIGN_IN,
    "accounts:passkey_sign_in": _SIGN_IN,
    "accounts:passkey_sign_in_options": _CHALLENGE,
    "accounts:second_step": _SIGN_IN,
    "accounts:second_step_passkey": _SIGN_IN,
    "accounts:second_step_options": _CHALLENGE,
    "accounts:sign_out": (Action.SIGNED_OUT,),
    "accounts:reset": (Action.PASSWORD_RESET_REQUESTED,),
    "accounts:reset_password": (Action.PASSWORD_RESET,),
    "accounts:password": (Action.PASSWORD_CHANGED,),
    "accounts:email": (Action.EMAIL_CHANGE_REQUESTED,),
    "accounts:email_code": (Action.EMAIL_CHANGED,),
    "accounts:take_back": (Action.EMAIL_TAKEN_BACK,),
    "accounts:confirm_email": (Action.EMAIL_CHANGED,),
    "accounts:confirm": (Action.STEPPED_UP,),
    "accounts:confirm_passkey": (Action.STEPPED_UP,),
    "accounts:confirm_options": _CHALLENGE,
    "accounts:passkey_add": (Action.FACTOR_ADDED,),
    "accounts:passkey_add_options": _CHALLENGE,
    "accounts:passkey_rename": (Action.FACTOR_RENAMED,),
    "accounts:passkey_remove": (Action.FACTOR_REMOVED,),
    "accounts:authenticator": (Action.FACTOR_ADDED,),
    "accounts:authenticator_remove": (Action.FACTOR_REMOVED,),
    "accounts:recovery_codes": (Action.RECOVERY_CODES_MADE,),
    "accounts:end_other_sessions": (Action.SESSIONS_ENDED,),
    "accounts:end_session": (Action.SESSIONS_ENDED,),
    "accounts:notifications": (Action.PREFERENCES_CHANGED,),
    "accounts:verify": (Action.EMAIL_VERIFIED,),
    "accounts:verify_resend": (Action.VERIFICATION_REQUESTED,),
    "accounts:contact": (Action.CONTACT_CONFIRMED,),
    "accounts:contact_refusal": (Action.CONTACT_REFUSED,),
    "audit:names": _LOOK,
    "billing_contacts:create": (Action.CONTACT_ADDED,),
    "billing_contacts:question": (Action.CONTACT_ASKED,),
    "billing_contacts:removal": (Action.CONTACT_REMOVED,),
    "keys:create": (Action.KEY_CREATED,),
    "keys:revocation": (Action.KEY_REVOKED,),
    "notifications:twilio_reply": _HOOK,
    "organization_security:rules": (Action.SECURITY_CHANGED,),
    "staff:dead_letters_requeuing": (Action.MESSAGES_REQUEUED,),
    "staff:dead_letters_requeuing_all": (Action.MESSAGES_REQUEUED,),
    "staff:suppressions_search": _LOOK,
    "staff:suppressions_lifting": (Action.SUPPRESSION_LIFTED,),
    "webhooks:create": (Action.WEBHOOK_CREATED,),
    "webhooks:change": (Action.WEBHOOK_CHANGED,),
    "webhooks:rotation": (Action.WEBHOOK_ROTATED,),
    "webhooks:deletion": (Action.WEBHOOK_DELETED,),
    "webhooks:test": Exempt("sends an event to the organization's own endpoint, listed among its deliveries"),
    "webhooks:redelivery": Exempt("sends an event again, listed among the endpoint's deliveries"),
    "create_organization": (Action.ORGANIZATION_CREATED,),
    "accounts:deletion_cancellation": (Action.DELETION_CANCELLED,),
    "accounts:own_deletion": (Action.DELETION_SCHEDULED,),
    "accounts:own_deletion_keep": (Action.DELETION_CANCELLED,),
    "accounts:invitation": (Action.INVITATION_ACCEPTED, Action.MEMBER_ADDED),
    "accounts:invitation_decline": (Action.INVITATION_DECLINED,),
    "accounts:profile_edit": (Action.PROFILE_CHANGED,),
    "accounts:profile_phone": (Action.PHONE_CHANGE_REQUESTED,),
    "accounts:profile_phone_again": (Action.PHONE_CHANGE_REQUESTED,),
    "accounts:profile_phone_code": (Action.PHONE_CHANGED,),
    "accounts:profile_phone_remove": (Action.PHONE_REMOVED,),
    "members:invitations:create": (Action.MEMBER_INVITED,),
    "members:invitations:resending": (Action.INVITATION_RESENT,),
    "members:invitations:revocation": (Action.INVITATION_REVOKED,),
    "members:list": _LOOK,
    "members:removal": (Action.MEMBER_REMOVED,),
    "members:roles": (Action.MEMBER_ROLE_CHANGED,),
    "organizations:deletion": (Action.DELETION_SCHEDULED,),
    "organizations:deletion_cancellation": (Action.DELETION_CANCELLED,),
    "organizations:leaving": (Action.MEMBER_REMOVED,),
    "organizations:ownership": (Action.OWNERSHIP_TRANSFERRED,),
    "organizations:settings": (Action.ORGANIZATION_RENAMED,),
    "own_export:export": (Action.EXPORT_REQUESTED,),
    "own_export:archive": (Action.EXPORT_DOWNLOADED,),
    "projects:create": (Action.PROJECT_CREATED,),
    "projects:project": (Action.PROJECT_RENAMED, Action.PROJECT_RETENTION_CHANGED),
    "projects:archival": (Action.PROJECT_ARCHIVED,),
    "projects:unarchival": (Action.PROJECT_UNARCHIVED,),
}
