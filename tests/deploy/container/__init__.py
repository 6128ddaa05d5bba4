"""Container images, built and run."""
