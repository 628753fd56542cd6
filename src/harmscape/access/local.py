"""Who sits at this machine, for the trail of a workspace that nobody signs in to."""

from __future__ import annotations

import getpass


def local_user() -> str:
    """The name of the account that runs the program; `local` where it has none.

    >>> local_user() != ""
    True
    """
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "local"
