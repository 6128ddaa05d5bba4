"""Costs of the generated projects and of the alternatives, measured side by side."""
