"""An environment in which production starts."""

from pathlib import Path

_FILES = sorted((Path(__file__).parent / "variables").iterdir())
PRODUCTION_ENVIRONMENT = dict(
    line.split("=", 1) for file in _FILES for line in file.read_text("utf-8").splitlines()
)
