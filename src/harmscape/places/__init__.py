"""Floor 2: boundaries read, points placed, grids and figures of areas."""
