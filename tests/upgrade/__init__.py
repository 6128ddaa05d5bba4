"""Updates of a generated project."""
