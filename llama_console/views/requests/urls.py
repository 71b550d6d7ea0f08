from django.urls import path

from llama_console.views.requests import listing, one

app_name = "requests"
urlpatterns = [
    path("", listing.request_list, name="list"),
    path("export.<slug:form>", listing.export, name="export"),
    path("<uuid:request_id>/", one.one, name="one"),
    path("<uuid:request_id>/opening/", one.opening, name="opening"),
]
