"""Floor 0: plain declarations and arithmetic; the standard library and pydantic only."""
