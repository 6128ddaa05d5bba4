"""Exit with 1 unless the server in this container answers."""  # noqa: INP001

import os
import sys
from http import HTTPStatus
from http.client import HTTPConnection

connection = HTTPConnection("127.0.0.1", 8000, timeout=2)
host = os.environ["ALLOWED_HOSTS"].split(",")[0]
connection.request("GET", "/health/live/", headers={"Host": host})
sys.exit(connection.getresponse().status != HTTPStatus.OK)
