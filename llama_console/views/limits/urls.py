from django.urls import path

from llama_console.views.limits import data_policy, overview

app_name = "limits"
urlpatterns = [
    path("", overview.overview, name="overview"),
    path("data-policy/", data_policy.data_policy, name="data_policy"),
]
