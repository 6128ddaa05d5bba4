"""The files of this folder are tests of generated projects, not of the template."""

collect_ignore_glob = ["*/*"]
