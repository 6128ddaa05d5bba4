from django.conf import settings

from tests.tables import table


def test_the_documents_tell_how_often_may_be_refreshed() -> None:
    rows = table("authentication.md", "budget of refreshes", "what is counted", "tries", "minutes")

    for name, row in rows.items():
        assert settings.RATE_LIMITS[name.strip("`")] == (int(row[1]), 60 * int(row[2]))
    assert len(rows) == 2
