"""Floor 5: where harm gathers, and whether more than chance would gather it: curves, spots, clusters, surfaces."""
