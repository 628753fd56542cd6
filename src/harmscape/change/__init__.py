"""Floor 5: is it changing? Counts and harm compared, many comparisons at once, areas acted on."""
