"""Programs that run with the interpreter of the measured project."""
