"""The files of the team are tests of a generated project, not of the template."""

collect_ignore = ["api", "common", "pages"]
