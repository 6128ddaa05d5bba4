"""Settings of passkeys, which `base.py` adds to its own."""

# The host name that passkeys are bound to; that of PUBLIC_BASE_URL if it is empty.
PASSKEY_RP_ID = ""
# The origins whose pages or apps may use them; if it is empty, those of PUBLIC_BASE_URL and of
# the links in emails.
PASSKEY_ORIGINS: list[str] = []
