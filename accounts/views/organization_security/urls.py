from django.urls import path

from accounts.views.organization_security import rules

app_name = "organization_security"
urlpatterns = [path("", rules.rules, name="rules")]
