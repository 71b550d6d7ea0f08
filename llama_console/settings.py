"""All settings, in one flat file, from the environment.

`make run` writes var/development.env (mode 0600) once; without that file ENVIRONMENT and what
it asks for must be set. docs/operate.md lists every variable.
"""

import hmac
import os
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
from csp.constants import NONE, SELF

from llama_console import brokers, env, mail
from vault.planes import Plane

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.string("VAR_DIR", str(BASE_DIR / "var")))
if os.environ.get("ENVIRONMENT", "development") == "development":
    env.load_file(VAR_DIR / "development.env")

# What this installation is ------------------------------------------------------------------

ENVIRONMENT = env.choice("ENVIRONMENT", None, "development", "production")
DEVELOPMENT = ENVIRONMENT == "development"
SECRET_KEY = env.string("SECRET_KEY")
DEBUG = False
PORT = env.integer("PORT", 8000, least=1)
API_PORT = env.integer("API_PORT", 8001, least=1)
CONSOLE_ORIGIN = env.origin("CONSOLE_ORIGIN", f"http://localhost:{PORT}" if DEVELOPMENT else None)
API_ORIGIN = env.origin("API_ORIGIN", f"http://localhost:{API_PORT}" if DEVELOPMENT else None)
if not DEVELOPMENT:
    env.require(len(SECRET_KEY) >= 50, "SECRET_KEY is too short; use at least 50 random characters.")
    env.require(
        "UNSEALER_SOCKET" in os.environ,
        "UNSEALER_SOCKET is not set: in production the keys have a process of their own.",
    )
    for _origin in (CONSOLE_ORIGIN, API_ORIGIN):
        env.require(_origin.startswith("https://"), f"{_origin} is not https: production speaks TLS alone.")
ALLOWED_HOSTS = [
    str(urlsplit(CONSOLE_ORIGIN).hostname),
    *env.listing("ALLOWED_HOSTS", "127.0.0.1" if DEVELOPMENT else ""),
]

# Rooms --------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "csp",
    "django_htmx",
    "template_partials",
    "lucide",
    "anymail",
    "drf_spectacular",
    "ledger",
    "vault",
    "notifications",
    "accounts",
    "catalog",
    "keys",
    "usage",
    "content",
    "billing",
    "trust",
    "admin_api",
    "llama_console",
]

MIDDLEWARE = [
    "llama_console.middleware.LastResortMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "llama_console.middleware.HardeningMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "llama_console.middleware.SignInMiddleware",
    "accounts.middleware.BrowserMiddleware",
    "llama_console.middleware.LanguageMiddleware",
    "accounts.sso.gate.SingleSignOnMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "llama_console.urls"
WSGI_APPLICATION = "llama_console.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "llama_console.context.shell",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "django_htmx.templatetags.django_htmx",
                "template_partials.templatetags.partials",
                "lucide.templatetags.lucide",
                "llama_console.templatetags.console",
            ],
        },
    }
]

# Databases: console, content and vault are separate on purpose (commitment C2) ---------------


def _database(variable: str, file_name: str) -> dict[str, object]:
    url = env.string(variable, f"sqlite:///{VAR_DIR / file_name}")
    config: dict[str, object] = dict(dj_database_url.parse(url, conn_max_age=60, conn_health_checks=True))
    if config["ENGINE"] == "django.db.backends.sqlite3":
        # IMMEDIATE takes the write lock first: with DEFERRED, concurrent read-modify-writes fail as "locked".
        config["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;",
        }
        # Tests use files too: in memory all threads would share one connection and prove no lock.
        config["TEST"] = {"NAME": str(VAR_DIR / f"test-{file_name}")}
    return config


DATABASES = {
    "default": _database("DATABASE_URL", "console.sqlite3"),
    "content": _database("CONTENT_DATABASE_URL", "content.sqlite3"),
    "vault": _database("VAULT_DATABASE_URL", "vault.sqlite3"),
}
DATABASE_ROUTERS = ["llama_console.databases.RoomRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Vault --------------------------------------------------------------------------------------

ROOT_KEYS_PROVIDER = env.choice("ROOT_KEYS_PROVIDER", "local", "local", "aws", "transit")
ROOT_KEYS = env.string("ROOT_KEYS", "")  # the file's JSON as base64, in its place
ROOT_KEYS_FILE = Path(env.string("ROOT_KEYS_FILE", str(VAR_DIR / "roots.json")))
env.require(
    not (ROOT_KEYS and os.environ.get("ROOT_KEYS_FILE")), "ROOT_KEYS and ROOT_KEYS_FILE are both set; choose one."
)
if ROOT_KEYS_PROVIDER == "aws":
    AWS_KMS_KEYS = env.mapping("AWS_KMS_KEYS", *Plane)  # ARN or alias by plane
    AWS_KMS_REGION = env.string("AWS_KMS_REGION")
    AWS_KMS_ENDPOINT = env.protected_url("AWS_KMS_ENDPOINT") if os.environ.get("AWS_KMS_ENDPOINT") else ""
if ROOT_KEYS_PROVIDER == "transit":
    VAULT_TRANSIT_URL = env.protected_url("VAULT_TRANSIT_URL")
    VAULT_TRANSIT_MOUNT = env.string("VAULT_TRANSIT_MOUNT", "transit")
    VAULT_TRANSIT_KEYS = env.mapping("VAULT_TRANSIT_KEYS", *Plane)  # key name by plane
    VAULT_TRANSIT_CA_FILE = env.string("VAULT_TRANSIT_CA_FILE", "")
    VAULT_TRANSIT_TOKEN = env.string("VAULT_TRANSIT_TOKEN", "")
    VAULT_TRANSIT_TOKEN_FILE = env.string("VAULT_TRANSIT_TOKEN_FILE", "")
    env.require(
        bool(VAULT_TRANSIT_TOKEN) != bool(VAULT_TRANSIT_TOKEN_FILE),
        "Set VAULT_TRANSIT_TOKEN_FILE, or VAULT_TRANSIT_TOKEN in its place.",
    )
# The unsealer's process. Empty means in this process, which in production only the unsealer's own machine may do.
UNSEALER_SOCKET = env.path("UNSEALER_SOCKET")
UNSEALER_GROUP = os.environ.get("UNSEALER_GROUP", "")
APPROVERS_FILE = Path(env.string("APPROVERS_FILE", str(VAR_DIR / "approvers.json")))
BACKUP_HORIZON_DAYS = env.integer("BACKUP_HORIZON_DAYS", 35, least=0)  # after so long no backup holds a destroyed key
DELETION_GRACE_DAYS = env.integer("DELETION_GRACE_DAYS", 7, least=0)  # between asking for a deletion and its being done
# What new records are sealed with; all suites open.
SEALING_SUITE = env.choice("SEALING_SUITE", "xchacha20-poly1305", "xchacha20-poly1305", "aes-256-gcm")

# Accounts and sessions ----------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.EmailBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 15}},
]
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "home"
EMAIL_VERIFICATION_LIFETIME = timedelta(hours=24)
EMAIL_VERIFICATION_ATTEMPTS = 5
PASSWORD_RESET_LIFETIME = timedelta(hours=1)
# Sign-ups and requests for a reset are answered at a multiple of this, so that the time tells of nobody's account.
ANSWER_PACE = timedelta(milliseconds=500)

# Single sign-on. Providers are asked at public https addresses; hosts named here may stand in your own network.
SSO_PRIVATE_HOSTS = env.listing("SSO_PRIVATE_HOSTS")
SSO_ALLOW_LOCALHOST = DEVELOPMENT and env.boolean("SSO_ALLOW_LOCALHOST", True)
DNS_RESOLVER = env.string("DNS_RESOLVER", "")  # address or address:port that proofs of domains are read from

SESSION_ENGINE = "accounts.session_store"
SESSION_COOKIE_AGE = int(timedelta(days=14).total_seconds())
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
TRUSTED_PROXIES = env.networks("TRUSTED_PROXIES")  # whose word counts for where a request comes from
CLIENT_ADDRESS_HEADER = env.header("CLIENT_ADDRESS_HEADER", "X-Forwarded-For")  # in which they say it
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
if not DEVELOPMENT:
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    SECURE_HSTS_SECONDS = 63_072_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    if env.boolean("TRUST_FORWARDED_PROTO", False):
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Web ----------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "manifest-src": [SELF],
        "img-src": [SELF, "data:"],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
CSRF_FAILURE_VIEW = "llama_console.views.errors.csrf_failure"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_FINDERS = [
    "llama_console.bundles.BundleFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
STATICFILES_DIRS = [BASE_DIR / "static", *([VAR_DIR / "fonts"] if (VAR_DIR / "fonts").is_dir() else [])]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# Notifications ------------------------------------------------------------------------------

EMAIL_PROVIDER = env.choice("EMAIL_PROVIDER", "smtp", "smtp", *mail.PROVIDERS)
EMAIL_WEBHOOK_SECRET = os.environ.get("EMAIL_WEBHOOK_SECRET", "")  # name:password, which the provider sends with events
_smtp_default = "smtp://127.0.0.1:8025" if DEVELOPMENT or EMAIL_PROVIDER != "smtp" else None
_smtp = urlsplit(env.string("SMTP_URL", _smtp_default))
EMAIL_BACKEND = mail.backend(EMAIL_PROVIDER)
EMAIL_TRACKING_VIEW = mail.tracking_view(EMAIL_PROVIDER)
ANYMAIL = mail.anymail(EMAIL_PROVIDER, EMAIL_WEBHOOK_SECRET)
EMAIL_HOST = _smtp.hostname or "127.0.0.1"
EMAIL_PORT = _smtp.port or 587
EMAIL_HOST_USER = _smtp.username or ""
EMAIL_HOST_PASSWORD = _smtp.password or ""
EMAIL_USE_TLS = _smtp.scheme == "smtp+tls"
EMAIL_USE_SSL = _smtp.scheme == "smtps"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.string("FROM_EMAIL", "Llama console <console@localhost>" if DEVELOPMENT else None)
# How long a message waits whose worker died; more than any attempt takes.
OUTBOX_LEASE = timedelta(seconds=env.integer("OUTBOX_LEASE", 120, least=1))
# How long messages that were sent or given up are kept; their webhook deliveries, which can be sent again, are 30 days.
OUTBOX_KEPT = timedelta(days=env.integer("OUTBOX_KEPT_DAYS", 90, least=30))
# Webhooks go to public https addresses on 443 and these ports; in development to this machine as well, if asked for.
WEBHOOK_PORTS = env.ports("WEBHOOK_PORTS", "8443")
WEBHOOK_ALLOW_LOCALHOST = DEVELOPMENT and env.boolean("WEBHOOK_ALLOW_LOCALHOST", False)
WEBHOOK_DISABLE_AFTER = timedelta(days=env.integer("WEBHOOK_DISABLE_AFTER_DAYS", 5, least=1))  # without a success
# Letters that an organization's invitations send a day, at most; to one address it is one a day.
INVITATIONS_PER_DAY = env.integer("INVITATIONS_PER_DAY", 500, least=1)
# How long nothing goes to an address that a server refused; other email, and texts after STOP, never go again.
SUPPRESSION_SECURITY = timedelta(days=env.integer("SUPPRESSION_SECURITY_DAYS", 7, least=0))
# Pages of the development outside world; empty in production.
MAILBOX_URL = env.http_url("MAILBOX_URL", "http://localhost:8002/mailbox") if DEVELOPMENT else ""

# Text messages ------------------------------------------------------------------------------

SMS_PROVIDER = env.choice("SMS_PROVIDER", "twilio" if DEVELOPMENT else "none", "none", "twilio", "sns")
SMS_TIMEOUT = (3.0, 10.0)  # seconds to connect, and to be answered
TWILIO_ACCOUNT = TWILIO_TOKEN = TWILIO_FROM = TWILIO_URL = SNS_REGION = SNS_ENDPOINT_URL = ""
if SMS_PROVIDER == "twilio":
    TWILIO_ACCOUNT = env.string("TWILIO_ACCOUNT", "ACdevelopment" if DEVELOPMENT else None)
    TWILIO_TOKEN = env.string("TWILIO_TOKEN", "development" if DEVELOPMENT else None)
    TWILIO_FROM = env.string("TWILIO_FROM", "Llama console" if DEVELOPMENT else None)  # a number, a name or MG…
    TWILIO_URL = env.protected_url("TWILIO_URL", "http://localhost:8002" if DEVELOPMENT else "https://api.twilio.com")
if SMS_PROVIDER == "sns":
    SNS_REGION = env.string("SNS_REGION")
    SNS_ENDPOINT_URL = env.protected_url("SNS_ENDPOINT_URL") if os.environ.get("SNS_ENDPOINT_URL") else ""
# Texts in an hour and a day, at most: to a person, to a number, to a calling code, and asked for from an address.
SMS_CAPS = {
    "person-hour": env.integer("SMS_PER_PERSON_HOUR", 5, least=1),
    "person-day": env.integer("SMS_PER_PERSON_DAY", 10, least=1),
    "number-hour": env.integer("SMS_PER_NUMBER_HOUR", 5, least=1),
    "number-day": env.integer("SMS_PER_NUMBER_DAY", 10, least=1),
    "country-hour": env.integer("SMS_PER_COUNTRY_HOUR", 100, least=1),
    "source-hour": env.integer("SMS_PER_SOURCE_HOUR", 10, least=1),
    "source-day": env.integer("SMS_PER_SOURCE_DAY", 20, least=1),
}

# Celery -------------------------------------------------------------------------------------

CELERY_BROKER_URL = env.string("BROKER_URL", "filesystem://localhost")
QUEUE_PREFIX = env.string("QUEUE_PREFIX", "console")  # tells installations apart that share a broker
CELERY_BROKER_TRANSPORT = brokers.transport(CELERY_BROKER_URL)
CELERY_BROKER_TRANSPORT_OPTIONS = brokers.transport_options(CELERY_BROKER_URL, VAR_DIR / "broker")
CELERY_BROKER_CONNECTION_TIMEOUT = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_QUEUES = brokers.queues(CELERY_BROKER_URL, QUEUE_PREFIX)
CELERY_TASK_CREATE_MISSING_QUEUES = False
CELERY_TASK_DEFAULT_QUEUE = f"{QUEUE_PREFIX}.default"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 8.0
CELERY_BEAT_SCHEDULER = "notifications.scheduler:Scheduler"
# These never wait behind a long queue of messages.
CELERY_TASK_ROUTES = {
    name: {"queue": f"{QUEUE_PREFIX}.urgent"} for name in ("vault.record_events", "notifications.relay_outbox")
}
CELERY_BEAT_SCHEDULE = {
    "record-events": {"task": "vault.record_events", "schedule": 2.0, "options": {"expires": 10}},
    "relay-outbox": {"task": "notifications.relay_outbox", "schedule": 2.0, "options": {"expires": 10}},
    "tell-openings": {"task": "trust.tell_openings", "schedule": 60.0, "options": {"expires": 60}},
    "make-exports": {"task": "trust.make_exports", "schedule": 15.0, "options": {"expires": 15}},
    "purge-exports": {"task": "trust.purge_exports", "schedule": 3600.0, "options": {"expires": 600}},
    "purge-sessions": {"task": "accounts.purge_sessions", "schedule": 3600.0, "options": {"expires": 600}},
    "purge-addresses": {"task": "accounts.purge_addresses", "schedule": 3600.0, "options": {"expires": 600}},
    "purge-phones": {"task": "accounts.purge_phones", "schedule": 3600.0, "options": {"expires": 600}},
    "purge-contacts": {"task": "accounts.purge_billing_contacts", "schedule": 3600.0, "options": {"expires": 600}},
    "recheck-domains": {"task": "accounts.recheck_domains", "schedule": 86400.0, "options": {"expires": 3600}},
    "purge-invitations": {"task": "accounts.purge_invitations", "schedule": 3600.0, "options": {"expires": 600}},
    "purge-webhooks": {"task": "notifications.purge_webhooks", "schedule": 3600.0, "options": {"expires": 600}},
    "purge-windows": {"task": "notifications.purge_windows", "schedule": 3600.0, "options": {"expires": 600}},
    "purge-summaries": {"task": "notifications.purge_summaries", "schedule": 86400.0, "options": {"expires": 600}},
    "purge-messages": {"task": "notifications.purge_messages", "schedule": 86400.0, "options": {"expires": 3600}},
    "purge-repeats": {"task": "admin_api.purge_repeats", "schedule": 3600.0, "options": {"expires": 600}},
    "carry-out-leak-reports": {"task": "keys.carry_out_leak_reports", "schedule": 15.0, "options": {"expires": 15}},
    "remind-of-keys": {"task": "keys.remind", "schedule": 3600.0, "options": {"expires": 600}},
    "close-invoices": {"task": "billing.close_invoices", "schedule": 300.0, "options": {"expires": 300}},
    "sweep-holds": {"task": "billing.sweep_holds", "schedule": 30.0, "options": {"expires": 30}},
    "expire-credit": {"task": "billing.expire_credit", "schedule": 60.0, "options": {"expires": 60}},
    "carry-out-intents": {"task": "billing.carry_out_intents", "schedule": 2.0, "options": {"expires": 10}},
    "apply-events": {"task": "billing.apply_events", "schedule": 2.0, "options": {"expires": 10}},
    "watch-balances": {"task": "billing.watch_balances", "schedule": 5.0, "options": {"expires": 10}},
    "watch-spending": {"task": "billing.watch_spending", "schedule": 600.0, "options": {"expires": 600}},
    "collect-invoices": {"task": "billing.collect_invoices", "schedule": 60.0, "options": {"expires": 60}},
    "suspend-overdue": {"task": "billing.suspend_overdue", "schedule": 3600.0, "options": {"expires": 600}},
    "warn-of-expiry": {"task": "billing.warn_of_expiry", "schedule": 86400.0, "options": {"expires": 3600}},
    "forget-erased": {"task": "billing.forget_erased", "schedule": 3600.0, "options": {"expires": 600}},
    "reconcile": {"task": "billing.reconcile", "schedule": 86400.0, "options": {"expires": 3600}},
    "end-top-ups": {"task": "billing.end_top_ups", "schedule": 60.0, "options": {"expires": 60}},
    "purge-rail": {"task": "billing.purge_rail", "schedule": 86400.0, "options": {"expires": 3600}},
    "purge-refusals": {"task": "keys.purge_refusals", "schedule": 3600.0, "options": {"expires": 600}},
    "purge-changes": {"task": "keys.purge_changes", "schedule": 3600.0, "options": {"expires": 600}},
    "purge-uses": {"task": "keys.purge_uses", "schedule": 86400.0, "options": {"expires": 3600}},
    "purge-minutes": {"task": "usage.purge_minutes", "schedule": 3600.0, "options": {"expires": 600}},
    "forget-calls": {"task": "billing.forget_calls", "schedule": 86400.0, "options": {"expires": 3600}},
    "purge-ingest-errors": {"task": "usage.purge_ingest_errors", "schedule": 3600.0, "options": {"expires": 600}},
    "make-months": {"task": "usage.make_months", "schedule": 86400.0, "options": {"expires": 3600}},
    "purge-shortened": {"task": "trust.purge_shortened", "schedule": 60.0, "options": {"expires": 60}},
    "purge-content": {"task": "content.purge_expired", "schedule": 3600.0, "options": {"expires": 600}},
}

# Usage --------------------------------------------------------------------------------------

USAGE_MINUTES = timedelta(days=env.integer("USAGE_MINUTE_DAYS", 7, least=1))  # how long usage is kept by minute

USAGE_EVENT_MONTHS = env.integer("USAGE_EVENT_MONTHS", 0, least=0)  # how long single calls are kept; 0: for good

# Billing ------------------------------------------------------------------------------------

# What new organizations are: not billed, prepaid or postpaid. An operator changes each with `set_billing`.
BILLING_MODE = env.choice("BILLING_MODE", "unbilled", "unbilled", "prepaid", "postpaid")
BILLING_POSTPAID_LIMIT = env.integer("BILLING_POSTPAID_LIMIT", 10_000, least=0)  # cents that who is new may owe
BILLING_WELCOME_CREDIT = env.integer("BILLING_WELCOME_CREDIT", 0, least=0)  # cents, given to who is new and prepaid
BILLING_CREDIT_MONTHS = env.integer("BILLING_CREDIT_MONTHS", 12, least=1)  # how long credit that was bought is good
BILLING_ANOMALY_LEAST = env.integer("BILLING_ANOMALY_LEAST", 1000, least=1)  # cents above what is usual, to be told
BILLING_REFUNDS = env.integer("BILLING_REFUNDS", 5, least=0)  # that customers can ask for in 30 days
BILLING_LEAST_DUE = env.integer("BILLING_LEAST_DUE", 50, least=0)  # cents; less is carried to the next invoice
BILLING_DUE_DAYS = env.integer("BILLING_DUE_DAYS", 14, least=1)  # to pay an invoice
BILLING_GRACE_DAYS = env.integer("BILLING_GRACE_DAYS", 14, least=0)  # after which who has not paid is suspended

# Without a key nothing is sold. `make run` has a simulator; a test key of your own takes its place.
STRIPE_SECRET_KEY = env.string("STRIPE_SECRET_KEY", "sk_test_simulator" if DEVELOPMENT else "")
_simulated = STRIPE_SECRET_KEY == "sk_test_simulator"  # noqa: S105
STRIPE_URL = env.protected_url("STRIPE_URL", "http://localhost:8006" if _simulated else "https://api.stripe.com")
# What signs its webhooks; two while one is replaced.
STRIPE_WEBHOOK_SECRETS = env.listing("STRIPE_WEBHOOK_SECRET", "whsec_simulator" if _simulated else "")
STRIPE_TAX = env.boolean("STRIPE_TAX", False)  # whether Stripe computes and collects taxes
env.require(
    not STRIPE_SECRET_KEY or STRIPE_SECRET_KEY.startswith(("sk_test_", "rk_test_", "sk_live_", "rk_live_")),
    "STRIPE_SECRET_KEY is no key of Stripe's; it begins with rk_live_ or rk_test_.",
)
env.require(
    all(secret.startswith("whsec_") and len(secret) > 10 for secret in STRIPE_WEBHOOK_SECRETS),
    "STRIPE_WEBHOOK_SECRET is no signing secret of Stripe's; it begins with whsec_.",
)
if DEVELOPMENT:
    env.require("_live_" not in STRIPE_SECRET_KEY, "STRIPE_SECRET_KEY is a live key, and this is development.")
elif STRIPE_SECRET_KEY:
    env.require(not _simulated, "STRIPE_SECRET_KEY is the simulator's, and this is production.")
    env.require(bool(STRIPE_WEBHOOK_SECRETS), "STRIPE_WEBHOOK_SECRET is not set: anybody could tell of payments.")

# Gateway ------------------------------------------------------------------------------------

UPSTREAMS_FILE = env.path("UPSTREAMS_FILE")  # names the model servers, see docs/gateway.md; else it is this one
_needs_no_url = DEVELOPMENT or UPSTREAMS_FILE
MODEL_UPSTREAM_URL = env.http_url("MODEL_UPSTREAM_URL", "http://localhost:8003/v1" if _needs_no_url else None)
MODEL_UPSTREAM_KEY = env.string("MODEL_UPSTREAM_KEY", "none")
MODEL_UPSTREAM_TIMEOUT = env.integer("MODEL_UPSTREAM_TIMEOUT", 120, least=1)  # seconds without a byte
MODEL_UPSTREAM_POLICY = env.choice("MODEL_UPSTREAM_POLICY", "local", "local", "outside", "contributes")
UPSTREAM_CLIENT = env.choice("UPSTREAM_CLIENT", "own", "own", "aiohttp")
GATEWAY_MAX_BODY = env.integer("GATEWAY_MAX_BODY", 16 * 1024 * 1024, least=1024)  # bytes
# Tokens that are held for an answer, and asked for, where a caller names no number and pays for what it is.
GATEWAY_MAX_COMPLETION = env.integer("GATEWAY_MAX_COMPLETION", 4096, least=1)
# Where the console reaches the gateway: for the playground's calls and for live counters.
GATEWAY_URL = env.protected_url("GATEWAY_URL", API_ORIGIN)
PLAYGROUND_STREAMS = env.integer("PLAYGROUND_STREAMS", 16, least=1)  # at once in one process; each takes a thread
# Where several gateways count calls together; without it each counts for itself.
REDIS_URL = env.string("REDIS_URL", "")
# By which the console asks the gateway how limits stand; nobody but the two can know it.
GATEWAY_TOKEN = hmac.digest(SECRET_KEY.encode(), b"gateway counters", "sha256").hex()
# Seconds that calls in flight have after SIGTERM: more than clients wait for a whole answer, less than granian waits.
GATEWAY_DRAIN_SECONDS = env.integer("GATEWAY_DRAIN_SECONDS", 3 if DEVELOPMENT else 120, least=1)
SPOOL_DIR = Path(env.string("SPOOL_DIR", str(VAR_DIR / "spool")))

# API keys -----------------------------------------------------------------------------------

# What becomes of an API key that was found in public: slowed down until somebody acts, or revoked at once.
LEAKED_KEYS = env.choice("LEAKED_KEYS", "limit", "limit", "revoke")
LEAKED_REQUESTS_PER_MINUTE = env.integer("LEAKED_REQUESTS_PER_MINUTE", 10, least=1)  # one at a time
LEAK_REPORTS_PER_HOUR = env.integer("LEAK_REPORTS_PER_HOUR", 600, least=1)  # of one address

# Admin API ----------------------------------------------------------------------------------

ADMIN_API_PER_MINUTE = env.integer("ADMIN_API_PER_MINUTE", 300, least=1)  # requests of one admin key
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["admin_api.frame.authentication.AdminKeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["admin_api.frame.permissions.Scoped"],
    "DEFAULT_PARSER_CLASSES": ["admin_api.frame.parsing.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "admin_api.frame.schema.OperationSchema",
    "EXCEPTION_HANDLER": "admin_api.frame.problems.handle",
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "OAS_VERSION": "3.1.1",
    "TITLE": "Llama console admin API",
    "VERSION": "1",
    "DESCRIPTION": "Everything that the pages of an organization do, for programs. A POST takes an `Idempotency-Key`"
    " header, a UUID: the same request with the same key within 24 hours has no second effect, and another request with"
    " it is answered with 422.",
    "SERVERS": [{"url": CONSOLE_ORIGIN}],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "SORT_OPERATIONS": False,
    "COMPONENT_SPLIT_PATCH": False,  # a change names what it changes by itself
    "ENUM_NAME_OVERRIDES": {
        "DataPolicyEnum": "catalog.data_policy.DataPolicy.values",
        "InvoiceStatus": "billing.models.InvoiceStatus.values",
        "TopUpStatus": "billing.models.TopUpStatus.values",
    },
}

# Time, language, logs -----------------------------------------------------------------------

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("es", "Español"), ("fr", "Français")]  # of messages to people
PAGE_LANGUAGES = ("en", "de")  # of the pages; whoever chose another one reads them in English
LOCALE_PATHS = [VAR_DIR / "locale"]  # compiled from locale/ by `manage.py compile_translations`
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "llama_console.logs.LineFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.choice("LOG_LEVEL", "INFO", "DEBUG", "INFO", "WARNING", "ERROR")},
    # The default handlers mail tracebacks with local variables; ours print one escaped line.
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        # At DEBUG these write whole requests: numbers, addresses and texts.
        **{name: {"level": "WARNING"} for name in ("boto3", "botocore", "stripe", "urllib3")},
        "fido2": {"level": "WARNING"},  # at INFO it tells whose passkey was used
    },
}
