"""Settings, URLs and server entry points: nothing but configuration."""
