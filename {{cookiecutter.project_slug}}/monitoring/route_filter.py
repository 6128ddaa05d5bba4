"""What Django's own loggers would give away."""

import logging


class RoutesForPaths(logging.Filter):
    """Puts the route of a request where Django logs its path, because reset links are paths."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record, and let it pass in any case."""
        request = getattr(record, "request", None)
        path = getattr(request, "path", None)
        if path and isinstance(record.args, tuple):
            match = getattr(request, "resolver_match", None)
            route = f"/{match.route if match else '?'}"
            record.args = tuple(route if arg == path else arg for arg in record.args)
        return True
