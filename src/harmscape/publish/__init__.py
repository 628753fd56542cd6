"""Floor 8: the ways answers leave the house. Each reaches only the workspace, the views and access."""
