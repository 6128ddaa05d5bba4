"""Character sets that requests name."""

from io import BytesIO

import pytest
from django.test import RequestFactory

from config.wsgi import application

FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    "charset",
    ["base64", "hex", "rot13", "idna", "undefined", "utf-7", "mbcs", "nonsense", '"base64', ""],
)
@pytest.mark.parametrize("kind", [FORM, "application/json"])
def test_no_character_set_breaks_the_service(db: None, charset: str, kind: str) -> None:
    for path in ("/health/live/?a=1", "/nothing/?a=%ff", "/?a=%c3%a9"):
        for form in (f"{kind}; charset={charset}", f"{kind};a=b;CHARSET = {charset};c=d", kind):
            statuses: list[str] = []
            environ = RequestFactory().generic("POST", path, b"a=%ff", content_type=FORM).environ
            environ |= {"CONTENT_TYPE": form, "wsgi.input": BytesIO(b"a=%ff")}
            list(application(environ, lambda status, *_, to=statuses: to.append(status)))
            assert int(statuses[0].split()[0]) < 500
