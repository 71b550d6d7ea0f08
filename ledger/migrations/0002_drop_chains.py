"""Drops the leaves of the first draft: a chain without tree and signatures, whose hashes can't be carried over."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [migrations.DeleteModel("Head"), migrations.DeleteModel("Leaf")]
