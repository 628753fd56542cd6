"""Floor 6: one question a person asks, one file, one typed result."""
