import uuid

from django.db import migrations, models


def tell_subjects(apps, schema_editor):
    """Until now every message was about the person whom it told."""
    apps.get_model("notifications", "OutboxMessage").objects.update(recipient_id=models.F("subject_id"))


class Migration(migrations.Migration):

    dependencies = [("notifications", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Turn",
            fields=[
                ("task", models.CharField(max_length=60, primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.RemoveIndex(model_name="outboxmessage", name="outbox_open"),
        migrations.AddField(
            model_name="outboxmessage",
            name="channel",
            field=models.CharField(
                choices=[("email", "Email"), ("sms", "Sms"), ("webhook", "Webhook")], default="email", max_length=8
            ),
        ),
        migrations.AddField(
            model_name="outboxmessage",
            name="priority",
            field=models.PositiveSmallIntegerField(
                choices=[(0, "Security"), (1, "Notice"), (2, "News")], default=1
            ),
        ),
        migrations.AddField(
            model_name="outboxmessage",
            name="recipient_id",
            field=models.UUIDField(default=uuid.UUID(int=0)),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="outboxmessage", name="key", field=models.CharField(max_length=120, null=True, unique=True)
        ),
        migrations.AddField(
            model_name="outboxmessage", name="tried", field=models.PositiveSmallIntegerField(default=0)
        ),
        migrations.AddIndex(
            model_name="outboxmessage",
            index=models.Index(
                condition=models.Q(("failed_at", None), ("sent_at", None)),
                fields=["priority", "run_at"],
                name="outbox_open",
            ),
        ),
        migrations.AddIndex(
            model_name="outboxmessage",
            index=models.Index(
                condition=models.Q(("failed_at__isnull", False)), fields=["failed_at"], name="outbox_dead"
            ),
        ),
        migrations.AddIndex(
            model_name="outboxmessage",
            index=models.Index(fields=["recipient_id", "-created_at"], name="outbox_by_recipient"),
        ),
        migrations.RunPython(tell_subjects, migrations.RunPython.noop),
    ]
