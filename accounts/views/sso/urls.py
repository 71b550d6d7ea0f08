from django.urls import path

from accounts.views.sso import domains, provider

app_name = "sso"
urlpatterns = [
    path("", provider.overview, name="overview"),
    path("provider/", provider.provider, name="provider"),
    path("enforcement/", provider.enforcement, name="enforcement"),
    path("links/", provider.links, name="links"),
    path("removal/", provider.removal, name="removal"),
    path("domains/new/", domains.create, name="domain_add"),
    path("domains/<uuid:domain_id>/", domains.domain, name="domain"),
    path("domains/<uuid:domain_id>/check/", domains.check, name="check"),
    path("domains/<uuid:domain_id>/removal/", domains.removal, name="domain_removal"),
]
