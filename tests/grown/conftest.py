"""Exclusion of the team's tests, which run in generated projects."""

collect_ignore = ["api", "common", "pages"]
