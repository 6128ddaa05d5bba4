"""What the rest of the project may want to hear of."""

from django.dispatch import Signal

sign_ins_revoked = Signal()
"""Sent after sign-ins were revoked; their credentials are no longer valid.

`sign_ins` is the list of them, `keep` the ID of one that continues, or None.
"""

password_hash_upgraded = Signal()
"""Sent after the hash of an unchanged password was replaced by one of the present hasher.

`user` has the new hash; `previous_hash` is the one before.
"""

cleaning_up = Signal()
"""Sent by the housekeeping command; `batch` is how many rows to delete at a time at most.

A receiver deletes what is of no more use and returns how many rows of what, in words.
"""
