"""What the rest of the project may want to hear of."""

from django.dispatch import Signal

sign_ins_ended = Signal()
"""Sent after sign-ins ended early; their credentials are void.

`sign_ins` is the list of them, `keep` the id of one that goes on in any case, or None.
"""

cleaning_up = Signal()
"""Sent by the housekeeping command; `batch` is how many rows to delete at a time at most.

A receiver deletes what is of no more use and returns how many rows of what, in words.
"""
