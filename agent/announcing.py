"""What a person is told before anything leaves the machine."""

from __future__ import annotations

import sys
from typing import Final

from dtwinseger.agent.settings import Settings

REMOTE: Final = "openai:"
"""What the names of parts begin with that run elsewhere."""


def remote_models(settings: Settings) -> dict[str, str]:
    """The model of ``tagger`` and of ``planner``, as far as the settings name one."""
    parts = {"tagger": settings.tagger, "planner": settings.planner}
    return {part: name.removeprefix(REMOTE) for part, name in parts.items() if name.startswith(REMOTE)}


def announce_remote(settings: Settings, *, tagger: bool = True, planner: bool = True) -> None:
    """Print a line for each remote part that will be used: host, model, and how many calls that may be.

    Args:
        tagger, planner: whether the part will be used at all.

    Raises:
        SettingsError: the address, the key or the table of prices cannot be used.
    """
    used = {"tagger": tagger, "planner": planner}
    remote = {part: model for part, model in remote_models(settings).items() if used[part]}
    if not remote:
        return
    # Not for the others: it imports the models' client.
    from dtwinseger.agent.remote import told_before

    for line in told_before(settings, remote):
        print(f"dtwinseger: {line}", file=sys.stderr)
