"""Floor 7: the one door to a workspace."""

from harmscape.workspace.workspace import Workspace, open_workspace

__all__ = ["Workspace", "open_workspace"]
