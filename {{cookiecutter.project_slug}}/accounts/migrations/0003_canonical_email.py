"""Store every email address in its canonical form, and require that in the database.

An account that cannot be converted keeps its email address and is deactivated, because mail to
that address could reach another person. The migration prints a line for each such account.
"""

import accounts.fields
from accounts.fields import canonical_email
from django.core.exceptions import ValidationError
from django.db import migrations, models
from django.db.models.functions import Lower


def convert(apps, schema_editor):
    using = schema_editor.connection.alias
    users = apps.get_model("accounts", "User").objects.using(using)
    changed = [
        (pk, email, target)
        for pk, email in users.order_by("pk").values_list("pk", "email").iterator()
        if (target := canonical_or_none(email)) != email
    ]
    # If two rows spell the same address differently, the closer spelling is converted.
    changed.sort(key=lambda row: row[1].lower() != row[2])
    for pk, email, target in changed:
        user = users.filter(pk=pk)
        if target is None:
            give_up(user, pk, email, "it is not a valid email address")
        elif (other := users.filter(email=target).exclude(pk=pk).first()) is not None:
            give_up(user, pk, email, f"user {other.pk} has the same address as {target}")
        elif mailed_as(email) == target:
            user.update(email=target)
        else:
            # Links were sent to another mailbox, so this address was never confirmed.
            user.update(email=target, email_verified_at=None)
            report(pk, email, f"changed to {target}, which has to be confirmed again")


def canonical_or_none(email):
    try:
        return canonical_email(email)
    except ValidationError:
        return None


def mailed_as(email):
    """Return the address to which Django has sent mail: it encodes domains by IDNA 2003."""
    local, _, domain = email.rpartition("@")
    try:
        return f"{local}@{domain.encode('idna').decode('ascii')}".lower()
    except UnicodeError:
        return None


def give_up(user, pk, email, reason):
    user.update(email=Lower("email"), is_active=False)
    report(pk, email, f"unchanged and deactivated: {reason}")


def report(pk, email, outcome):
    print(f"\n    User {pk}, email {email!a}: {outcome}.", end="")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_rename_address")]

    operations = [
        migrations.RunPython(convert, migrations.RunPython.noop),
        migrations.RemoveConstraint(model_name="user", name="user_email_unique"),
        migrations.AlterField(
            model_name="user",
            name="email",
            field=accounts.fields.CanonicalEmailField(
                error_messages={"unique": "There is a user with this email address."},
                max_length=254,
                unique=True,
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="user_email_lowercase"
            ),
        ),
    ]
