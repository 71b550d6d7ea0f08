from django.conf import settings
from django.urls import include, path

from accounts.views.organizations import creation
from admin_api.views.reference import reference
from keys.views import limits
from keys.views.leak_reports import leak_reports
from llama_console.views import account, errors, health, home
from llama_console.views.palette.palette import palette
from llama_console.views.previews.urls import in_development
from notifications.views.unsubscribe import unsubscribe

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error

urlpatterns = [
    path("", home.home, name="home"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("theme/", account.theme, name="theme"),
    path("shortcuts/", account.shortcuts, name="shortcuts"),
    path("language/", account.language, name="language"),
    path("account/", account.account_menu, name="account_menu"),
    path("account/data-access/", include("trust.own_urls")),
    path("", include("accounts.urls")),
    path("account/export/", include("trust.own_export_urls")),
    path("hooks/", include("notifications.urls")),
    path("stripe/", include("billing.stripe_urls")),
    path("unsubscribe/<str:token>/", unsubscribe, name="unsubscribe"),
    # Scanners may leave the slash out, and a redirect would lose the body.
    path("api/v1/leak-reports", leak_reports, name="leak_reports"),
    path("api/v1/leak-reports/", leak_reports, name="leak_reports"),
    path("api/v1/", include("admin_api.urls")),
    path("docs/api/", reference, name="api_docs"),
    path("staff/", include("llama_console.views.staff.urls")),
    path("organizations/new/", creation.creation, name="create_organization"),
    path("o/<slug:organization>/", home.organization_home, name="organization_home"),
    path("o/<slug:organization>/first-request/", home.first_request, name="first_request"),
    path("o/<slug:organization>/palette/", palette, name="palette"),
    path("o/<slug:organization>/playground/", include("llama_console.views.playground.urls")),
    path("o/<slug:organization>/limits/", include("llama_console.views.limits.urls")),
    path("o/<slug:organization>/blocked/", include("llama_console.views.blocked.urls")),
    path("o/<slug:organization>/keys/", include("keys.urls")),
    path("o/<slug:organization>/limits/organization/", limits.organization_limits, name="organization_limits"),
    path("o/<slug:organization>/projects/<slug:project>/limits/", limits.project_limits, name="project_limits"),
    path("o/<slug:organization>/admin-keys/", include("keys.admin_urls")),
    path("o/<slug:organization>/webhooks/", include("llama_console.views.webhooks.urls")),
    path("o/<slug:organization>/billing/", include("billing.urls")),
    path("o/<slug:organization>/costs/", include("billing.cost_urls")),
    path("o/<slug:organization>/billing-contacts/", include("accounts.views.billing_contacts.urls")),
    path("o/<slug:organization>/prices/", include("catalog.urls")),
    path("o/<slug:organization>/audit/", include("trust.audit.urls")),
    path("o/<slug:organization>/security/", include("accounts.views.organization_security.urls")),
    path("o/<slug:organization>/sso/", include("accounts.views.sso.urls")),
    path("o/<slug:organization>/projects/", include("accounts.views.projects.urls")),
    path("o/<slug:organization>/", include("accounts.views.organizations.urls")),
    path("o/<slug:organization>/members/", include("llama_console.views.members.urls")),
    path("o/<slug:organization>/requests/", include("llama_console.views.requests.urls")),
    path("o/<slug:organization>/usage/", include("usage.urls")),
    path("o/<slug:organization>/data-access/", include("trust.urls")),
    *in_development(settings.DEVELOPMENT),
]
