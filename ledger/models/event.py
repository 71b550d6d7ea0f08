"""An audit event: one change that somebody made, written in the transaction of the change."""

from enum import StrEnum

from django.db import models

from ledger.ids import new_id


class Action(StrEnum):
    """Audit tags, subject:action. The payload of each holds ids and counts, never personal data."""

    ACCOUNT_CREATED = "account:created"
    ACCOUNT_CLOSED = "account:closed"  # of an address that was another's
    ACCOUNT_ERASED = "account:erased"
    EMAIL_VERIFIED = "email:verified"
    VERIFICATION_REQUESTED = "verification:requested"
    EMAIL_CHANGE_REQUESTED = "email:change-requested"
    EMAIL_TAKEN_BACK = "email:taken-back"
    EMAIL_CHANGED = "email:changed"
    PROFILE_CHANGED = "profile:changed"
    PHONE_CHANGE_REQUESTED = "phone:change-requested"
    PHONE_CHANGED = "phone:changed"
    PHONE_REMOVED = "phone:removed"
    EXPORT_REQUESTED = "export:requested"
    EXPORT_DOWNLOADED = "export:downloaded"
    PASSWORD_CHANGED = "password:changed"
    PASSWORD_RESET_REQUESTED = "password:reset-requested"
    PASSWORD_RESET = "password:reset"
    SIGNED_IN = "session:started"
    SIGNED_OUT = "session:ended"
    SESSIONS_ENDED = "sessions:ended"
    PREFERENCES_CHANGED = "preferences:changed"
    OPERATOR_MADE = "operator:made"
    OPERATOR_REMOVED = "operator:removed"
    STEPPED_UP = "session:confirmed"
    FACTOR_ADDED = "factor:added"
    FACTOR_RENAMED = "factor:renamed"
    FACTOR_REMOVED = "factor:removed"
    PASSKEY_REFUSED = "passkey:refused"
    RECOVERY_CODES_MADE = "recovery-codes:made"
    RECOVERY_CODE_USED = "recovery-code:used"
    ORGANIZATION_CREATED = "organization:created"
    ORGANIZATION_RENAMED = "organization:renamed"
    ORGANIZATION_ERASED = "organization:erased"
    SECURITY_CHANGED = "security:changed"
    OWNERSHIP_TRANSFERRED = "ownership:transferred"
    DELETION_SCHEDULED = "deletion:scheduled"
    DELETION_CANCELLED = "deletion:cancelled"
    SEATS_SET = "organization:seats-set"
    PROJECT_CREATED = "project:created"
    PROJECT_RENAMED = "project:renamed"
    PROJECT_RETENTION_CHANGED = "project:retention-changed"
    PROJECT_ARCHIVED = "project:archived"
    PROJECT_UNARCHIVED = "project:unarchived"
    MEMBER_ADDED = "member:added"
    MEMBER_ROLE_CHANGED = "member:role-changed"
    SSO_CONFIGURED = "sso:configured"
    SSO_CHANGED = "sso:changed"
    SSO_REMOVED = "sso:removed"
    SSO_ENFORCED = "sso:enforced"
    SSO_RELAXED = "sso:relaxed"
    SSO_LINKS_FORGOTTEN = "sso:links-forgotten"
    DOMAIN_ADDED = "domain:added"
    DOMAIN_VERIFIED = "domain:verified"
    DOMAIN_LAPSED = "domain:lapsed"
    DOMAIN_REMOVED = "domain:removed"
    MEMBER_REMOVED = "member:removed"
    MEMBER_LEFT_DOMAIN = "member:left-domain"  # by taking another address
    MEMBER_INVITED = "member:invited"
    INVITATION_RESENT = "invitation:resent"
    INVITATION_ACCEPTED = "invitation:accepted"
    INVITATION_DECLINED = "invitation:declined"
    INVITATION_REVOKED = "invitation:revoked"
    INVITATION_VOIDED = "invitation:voided"
    INVITATION_PURGED = "invitation:purged"
    MEMBERS_EXPORTED = "members:exported"
    CONTACT_ADDED = "billing-contact:added"
    CONTACT_ASKED = "billing-contact:asked-again"
    CONTACT_CONFIRMED = "billing-contact:confirmed"
    CONTACT_REFUSED = "billing-contact:refused"
    CONTACT_REMOVED = "billing-contact:removed"
    KEY_CREATED = "key:created"
    KEY_REVOKED = "key:revoked"
    KEY_CHANGED = "key:changed"
    KEY_ROTATED = "key:rotated"
    KEY_LEAKED = "key:leaked"
    SERVICE_ACCOUNT_CREATED = "service-account:created"
    SERVICE_ACCOUNT_ENDED = "service-account:ended"
    LIMITS_SET = "limits:set"
    BUDGET_SET = "budget:set"
    PLAYGROUND_OPENED = "playground:opened"
    DATA_POLICY_CHANGED = "data-policy:changed"
    ADMIN_KEY_CREATED = "admin-key:created"
    ADMIN_KEY_REVOKED = "admin-key:revoked"
    ADMIN_KEY_LEAKED = "admin-key:leaked"
    CONTROL_KEY_CREATED = "control-key:created"
    CONTROL_KEY_REVOKED = "control-key:revoked"
    WEBHOOK_CREATED = "webhook:created"
    WEBHOOK_CHANGED = "webhook:changed"
    WEBHOOK_ROTATED = "webhook:rotated"
    WEBHOOK_DELETED = "webhook:deleted"
    WEBHOOK_DISABLED = "webhook:disabled"
    MESSAGES_REQUEUED = "messages:requeued"
    SUPPRESSION_LIFTED = "suppression:lifted"
    MODELS_SYNCED = "models:synced"
    PRICE_SET = "price:set"
    BILLING_TERMS_SET = "billing:terms-set"
    BILLING_CAP_SET = "billing:cap-set"
    CREDIT_GIVEN = "credit:given"
    INVOICE_ENDED = "invoice:ended"  # before the month's end
    INVOICE_CLOSED = "invoice:closed"
    INVOICE_PAID = "invoice:paid"
    INVOICE_VOIDED = "invoice:voided"
    INVOICE_UNCOLLECTIBLE = "invoice:uncollectible"
    TOP_UP_STARTED = "top-up:started"
    TOP_UP_PAID = "top-up:paid"
    TOP_UP_WAITS = "top-up:to-confirm"  # the bank wants a person to
    TOP_UP_FAILED = "top-up:failed"
    TOP_UP_EXPIRED = "top-up:expired"
    TOP_UP_CANCELLED = "top-up:cancelled"
    RECHARGE_SET = "auto-recharge:set"
    RECHARGE_STOPPED = "auto-recharge:stopped"
    BALANCE_WARNING_SET = "balance-warning:set"
    PAYMENT_METHODS_OPENED = "payment-methods:opened"
    PAYMENTS_RETRIED = "payments:retried"
    BILLING_SUSPENDED = "billing:suspended"
    BILLING_RESUMED = "billing:resumed"
    INVOICE_COLLECTED = "invoice:collected"  # Stripe is to
    INVOICE_REFUSED = "invoice:refused"  # a payment of it
    INVOICE_WAITS = "invoice:to-confirm"  # the bank wants a person to
    DEBT_WRITTEN_OFF = "debt:written-off"
    REFUND_REQUESTED = "refund:requested"
    REFUND_PAID = "refund:paid"
    REFUND_FAILED = "refund:failed"
    DISPUTE_OPENED = "dispute:opened"
    DISPUTE_WITHDRAWN = "dispute:withdrawn"  # the money of it
    DISPUTE_WON = "dispute:won"
    DISPUTE_LOST = "dispute:lost"
    RECONCILED = "billing:reconciled"


class AuditEvent(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    at = models.DateTimeField(auto_now_add=True)
    organization_id = models.UUIDField(null=True)  # no foreign key: the record outlives what it speaks of
    actor = models.CharField(max_length=80)
    action = models.CharField(max_length=40)  # an Action; no choices, so that a new tag needs no migration
    target = models.CharField(max_length=80)
    payload = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["organization_id", "-id"], name="audit_by_organization"),
            models.Index(fields=["organization_id", "target", "-id"], name="audit_by_target"),
            models.Index(fields=["organization_id", "action", "-id"], name="audit_by_action"),
            # Patterns, because kinds of actors are found by how the actor begins.
            models.Index(
                fields=["organization_id", "actor", "-id"],
                name="audit_by_actor",
                opclasses=["uuid_ops", "varchar_pattern_ops", "uuid_ops"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.target}"


class PendingEvent(models.Model):
    """An audit event that has no leaf yet. Written with the event, removed once its leaf is committed."""

    event = models.OneToOneField(AuditEvent, on_delete=models.PROTECT, primary_key=True, related_name="+")

    def __str__(self) -> str:
        return str(self.event_id)
