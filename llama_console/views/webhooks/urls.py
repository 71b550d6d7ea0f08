from django.urls import path

from llama_console.views.webhooks import deletion, deliveries, endpoints, rotation

app_name = "webhooks"
urlpatterns = [
    path("", endpoints.endpoint_list, name="list"),
    path("new/", endpoints.create, name="create"),
    path("<uuid:endpoint_id>/", endpoints.endpoint, name="endpoint"),
    path("<uuid:endpoint_id>/change/", endpoints.change, name="change"),
    path("<uuid:endpoint_id>/rotation/", rotation.rotation, name="rotation"),
    path("<uuid:endpoint_id>/deletion/", deletion.deletion, name="deletion"),
    path("<uuid:endpoint_id>/test/", deliveries.test, name="test"),
    path("<uuid:endpoint_id>/deliveries/<uuid:delivery_id>/redelivery/", deliveries.redelivery, name="redelivery"),
]
