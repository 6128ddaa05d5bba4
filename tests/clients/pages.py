"""A client of the pages."""

from __future__ import annotations

import re

import requests


class Browser(requests.Session):
    """A browser without scripts: it keeps cookies and fills in forms."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url

    def open(self, path: str) -> requests.Response:
        return self.get(path if path.startswith("http") else self.url + path, timeout=60)

    def submit(self, path: str, **fields: str) -> requests.Response:
        """Open the page and post its form."""
        page = self.open(path)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        assert token, page.text
        return self.post(
            page.url,
            data={"csrfmiddlewaretoken": token[1], **fields},
            headers={"Referer": page.url},
            timeout=60,
        )

    def is_signed_in(self) -> bool:
        return self.open("/accounts/profile/").url == f"{self.url}/accounts/profile/"
