"""A generated project's own checks, requirements and static analysis."""
