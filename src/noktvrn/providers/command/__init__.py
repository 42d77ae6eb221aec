"""Any program that makes a song, as a player of the role Composer.

What comes in: an argument list by setting, with the places `{out}`, `{seed}` and `{duration}`. What goes out:
the file the program wrote, after the checks every file from outside goes through. The program gets the brief
as JSON on its standard input (docs/composer_command.md), none of the label's secrets, and no shell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from noktvrn.outbound.jobs.service import Service
    from noktvrn.providers._kit import Health, Kit
    from noktvrn.providers.command.composer import CommandComposer
    from noktvrn.settings import Settings


def open(settings: Settings, kit: Kit) -> CommandComposer:  # noqa: A001 - the providers' common face
    """The composer. Raises Invalid where the setting is no argument list with a place for the file."""
    from noktvrn.providers.command.composer import CommandComposer

    return CommandComposer(settings, kit)


def service(settings: Settings, kit: Kit, purpose: str) -> Service:
    """The program as the desk asks it; there is one purpose, `compose`."""
    from noktvrn.providers.command.orders import CommandService

    del kit, purpose
    return CommandService(settings)


def health(settings: Settings, kit: Kit) -> Health:
    """Whether the program is there; it is not started."""
    from noktvrn.providers.command.orders import CommandService

    del kit
    return CommandService(settings).health()
