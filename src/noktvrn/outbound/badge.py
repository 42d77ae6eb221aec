"""A service's key for downloads, and the one place it may be shown at.

Most services hand out addresses that carry their own signature; a server of the person's own may want to see
the key at its files as well. It is shown to the origin and below the path that calls go to, and to nobody a
download is sent on to.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlsplit

from pydantic import SecretStr

from noktvrn.kernel.errors import NotAllowed
from noktvrn.outbound.address import place_of

_CLIMBS = re.compile(r"(^|/)(\.|%2e){1,2}(/|$)|[\\]|%5c|%2f", re.IGNORECASE)
"""Parts of a path that may lead out of it when a server reads it."""


@dataclass(frozen=True, slots=True)
class Badge:
    """The value of the header `Authorization` for addresses under `base_url`."""

    base_url: str
    authorization: SecretStr

    def fits(self, url: str, private_hosts: Collection[str] = ()) -> bool:
        """Whether an address is the service's own: same scheme, host and port, at or below the same path."""
        try:
            own, asked = (
                place_of(one, named="", private_hosts=private_hosts) for one in (self.base_url, url)
            )
        except NotAllowed:
            return False
        base, path = urlsplit(self.base_url).path.rstrip("/"), urlsplit(url).path
        return own == asked and (path == base or path.startswith(base + "/")) and not _CLIMBS.search(path)
