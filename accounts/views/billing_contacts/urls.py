from django.urls import path

from accounts.views.billing_contacts import contacts, removal

app_name = "billing_contacts"
urlpatterns = [
    path("", contacts.contact_list, name="list"),
    path("new/", contacts.create, name="create"),
    path("<uuid:contact_id>/question/", contacts.question, name="question"),
    path("<uuid:contact_id>/removal/", removal.removal, name="removal"),
]
