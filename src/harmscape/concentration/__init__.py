"""Floor 5: where harm gathers, and whether more than chance gathered it: curves, spots, clusters, maps."""
