"""Deployment files and commands."""
