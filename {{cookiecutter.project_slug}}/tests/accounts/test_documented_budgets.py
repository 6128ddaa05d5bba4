from django.conf import settings

from tests.tables import table


def test_the_documents_tell_how_often_something_may_be_tried() -> None:
    rows = table("authentication.md", "budget", "what is counted", "tries", "minutes")

    # Refreshes have a table of their own.
    others = {n: b for n, b in settings.RATE_LIMITS.items() if not n.startswith("refreshes")}
    told = {name.strip("`"): (int(row[1]), 60 * int(row[2])) for name, row in rows.items()}

    assert told == others
