"""Exclusion of this folder, whose tests run in generated projects."""

collect_ignore_glob = ["*/*"]
