"""Floor 4: compact events times weights make scores."""
