import django.utils.timezone
from django.db import migrations, models


def were_due_at_once(apps, schema_editor):
    """Until now every message was due when it was written."""
    apps.get_model("notifications", "OutboxMessage").objects.update(due_at=models.F("created_at"))


class Migration(migrations.Migration):

    dependencies = [("notifications", "0006_window_count")]

    operations = [
        migrations.CreateModel(
            name="DeliveryHour",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("hour", models.DateTimeField()),
                ("kind", models.CharField(max_length=40)),
                (
                    "channel",
                    models.CharField(
                        choices=[("email", "Email"), ("sms", "Sms"), ("webhook", "Webhook")], max_length=8
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("sent", "Sent"),
                            ("unneeded", "Unneeded"),
                            ("retried", "Retried"),
                            ("given-up", "Given Up"),
                        ],
                        max_length=8,
                    ),
                ),
                ("code", models.CharField(max_length=40)),
                ("count", models.BigIntegerField()),
                ("within_1", models.BigIntegerField()),
                ("within_5", models.BigIntegerField()),
                ("within_30", models.BigIntegerField()),
                ("within_300", models.BigIntegerField()),
                ("longer", models.BigIntegerField()),
            ],
        ),
        migrations.AddConstraint(
            model_name="deliveryhour",
            constraint=models.UniqueConstraint(
                fields=("hour", "kind", "channel", "outcome", "code"), name="one_delivery_row_a_bucket"
            ),
        ),
        migrations.AddField(
            model_name="outboxmessage",
            name="due_at",
            field=models.DateTimeField(default=django.utils.timezone.now),
        ),
        migrations.RunPython(were_due_at_once, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="outboxmessage",
            index=models.Index(
                condition=models.Q(("failed_at", None), ("sent_at", None)),
                fields=["channel", "kind", "due_at"],
                name="outbox_waiting",
            ),
        ),
    ]
