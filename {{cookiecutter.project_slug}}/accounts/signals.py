"""Signals for other apps."""

from django.dispatch import Signal

sign_in_starting = Signal()
"""Sent before a user signs in; a receiver that raises `SignInRefusedError` prevents the sign-in.

`user` is the user, and `methods` how they authenticated (RFC 8176 values such as `pwd`). It is
sent after the password was checked, with `final=False` and before anything is stored. It is sent
with `final=True` when the sign-in starts, in the transaction that has locked the account. A
receiver may thus be called twice for one sign-in, and must not store anything.
"""

sign_ins_revoked = Signal()
"""Sent after sign-ins were revoked; their credentials are no longer valid.

`sign_ins` is the list of revoked sign-ins; `keep` is the ID of one that remains valid, or None.
"""

password_hash_upgraded = Signal()
"""Sent after the hash of an unchanged password was replaced by one of the current hasher.

`user` has the new hash; `previous_hash` is the hash that was replaced.
"""

exporting = Signal()
"""Sent when a user exports their data; `user` is the user.

A receiver returns a dictionary to add to the export, such as `{"orders": [...]}`. Its values must
be JSON data, dates and times, decimal numbers or UUIDs.
"""

cleaning_up = Signal()
"""Sent by `manage.py clean_up`; `batch` is the maximum number of rows to delete in one statement.

A receiver deletes obsolete rows and returns a description for the output, such as `3 old rows`.
"""
