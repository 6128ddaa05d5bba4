"""Another service, which has the recipe for access tokens and none of this project's code."""

import json
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib import import_module

import jwt

recipe = import_module("recipe")


class Handler(BaseHTTPRequestHandler):
    """Tells callers who they are, by their access token."""

    def do_GET(self) -> None:
        """Answer 200 with the claims, or 401."""
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        try:
            status, answer = 200, recipe.claims_of(token)
        except jwt.PyJWTError as error:
            status, answer = 401, {"detail": str(error)}
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    def log_message(self, *_: object) -> None:
        """Write nothing."""


if __name__ == "__main__":
    server = HTTPServer(("127.0.0.1", 0), Handler)
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()
