"""What the rest of the project may want to hear of."""

from django.dispatch import Signal

sign_ins_ended = Signal()
"""Sent after sign-ins ended early; `sign_ins` is the list of them. Their credentials are void."""
