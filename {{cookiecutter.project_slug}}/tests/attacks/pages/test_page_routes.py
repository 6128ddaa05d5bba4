"""B13: every page of the template checks the origin of its forms."""

from tests.attacks.routes import OWN, reviewed


def test_b13_no_reviewed_page_lacks_its_csrf_check() -> None:
    """B13, S08, W28, ASVS 8.1.1: views of your own may have none, after a review."""
    lines = [known.line for known in reviewed().values() if known.path != OWN]

    assert not [line for line in lines if line.endswith("no CSRF check")]
