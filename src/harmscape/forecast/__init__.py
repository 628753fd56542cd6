"""Floor 5: how much is to come, each forecast beside its own record of being right."""
