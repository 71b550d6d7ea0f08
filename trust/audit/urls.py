from django.urls import path

from trust.views import audit

app_name = "audit"
urlpatterns = [
    path("", audit.log, name="log"),
    path("names/", audit.names, name="names"),
    path("export.<slug:form>", audit.export, name="export"),
]
