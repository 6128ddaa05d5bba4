import django.utils.timezone
from django.db import migrations, models
from django.db.models import F
from django.db.models.functions import Now


def copy_start(apps, schema_editor):
    """Take the start of existing sign-ins for the time when their users authenticated."""
    rows = apps.get_model("accounts", "SignIn").objects.using(schema_editor.connection.alias)
    rows.update(authenticated_at=F("created_at"))


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_canonical_email")]

    operations = [
        migrations.AddField(
            model_name="signin",
            name="methods",
            field=models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
        migrations.AddField(
            model_name="signin",
            name="authenticated_at",
            field=models.DateTimeField(db_default=Now(), default=django.utils.timezone.now),
        ),
        migrations.RunPython(copy_start, migrations.RunPython.noop),
    ]
