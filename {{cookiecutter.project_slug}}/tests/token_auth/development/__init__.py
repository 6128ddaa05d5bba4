"""Tests of the API's development server."""
