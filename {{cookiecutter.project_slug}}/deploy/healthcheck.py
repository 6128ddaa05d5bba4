"""Exit with 1 unless the server in this container responds."""  # noqa: INP001

import os
import sys
from http import HTTPStatus
from http.client import HTTPConnection

first = (os.environ.get("BIND") or "0.0.0.0:8000").split(",")[0]
host, _, port = first.strip().rpartition(":")
here = {"0.0.0.0": "127.0.0.1", "[::]": "[::1]"}.get(host, host)  # noqa: S104 # nosec B104
connection = HTTPConnection(here.strip("[]"), int(port), timeout=2)
connection.request("GET", "/health/live/")
sys.exit(connection.getresponse().status != HTTPStatus.OK)
