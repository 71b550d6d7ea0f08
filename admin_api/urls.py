from django.urls import path

from admin_api.frame.served import schema
from admin_api.resources import (
    admin_keys,
    audit_events,
    billing_contacts,
    data_access,
    deliveries,
    invitations,
    keys,
    members,
    organization,
    projects,
    webhooks,
)

app_name = "admin_api"
urlpatterns = [
    path("schema/", schema, name="schema"),
    path("organization/", organization.TheOrganization.as_view()),
    path("projects/", projects.Projects.as_view()),
    path("projects/<uuid:project_id>/", projects.OneProject.as_view()),
    path("projects/<uuid:project_id>/archiving/", projects.ProjectArchiving.as_view()),
    path("projects/<uuid:project_id>/restoring/", projects.ProjectRestoring.as_view()),
    path("members/", members.Members.as_view()),
    path("members/<uuid:member_id>/", members.OneMember.as_view()),
    path("invitations/", invitations.Invitations.as_view()),
    path("keys/", keys.ApiKeys.as_view()),
    path("keys/<uuid:key_id>/", keys.OneApiKey.as_view()),
    path("keys/<uuid:key_id>/revocation/", keys.ApiKeyRevocation.as_view()),
    path("admin-keys/", admin_keys.AdminKeys.as_view()),
    path("admin-keys/<uuid:admin_key_id>/", admin_keys.OneAdminKey.as_view()),
    path("admin-keys/<uuid:admin_key_id>/revocation/", admin_keys.AdminKeyRevocation.as_view()),
    path("webhooks/", webhooks.Webhooks.as_view()),
    path("webhooks/<uuid:endpoint_id>/", webhooks.OneWebhook.as_view()),
    path("webhooks/<uuid:endpoint_id>/secret-rotation/", webhooks.SecretRotation.as_view()),
    path("webhooks/<uuid:endpoint_id>/test-event/", deliveries.TestEvent.as_view()),
    path("webhooks/<uuid:endpoint_id>/deliveries/", deliveries.Deliveries.as_view()),
    path("webhooks/<uuid:endpoint_id>/deliveries/<uuid:delivery_id>/redelivery/", deliveries.Redelivery.as_view()),
    path("billing-contacts/", billing_contacts.BillingContacts.as_view()),
    path("billing-contacts/<uuid:contact_id>/", billing_contacts.OneBillingContact.as_view()),
    path("billing-contacts/<uuid:contact_id>/question/", billing_contacts.Question.as_view()),
    path("audit-events/", audit_events.AuditEvents.as_view()),
    path("data-access/", data_access.DataAccess.as_view()),
    path("data-access/proof/", data_access.Proof.as_view()),
]
