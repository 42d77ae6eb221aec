"""Fetching one file: hop by hop, every hop checked, into a `.part` that can be gone on with.

No header of a service's goes along, so no key can: an asset host is somebody else. Where a service's files
lie under its own address and want its key, a `Badge` is shown there, and never again once a server has sent
the download on elsewhere. A `.part` is gone on with only where the server names the very same bytes, by the
same strong ETag (RFC 9110 8.8.3, 13.1.5), under the same path; anything else begins anew.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import time
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

import httpx2

from noktvrn.kernel.errors import LabelError, NotAllowed, Refused, Unavailable
from noktvrn.outbound.address import Resolver
from noktvrn.outbound.badge import Badge
from noktvrn.outbound.exchange import COMPRESSED, TOO_MUCH
from noktvrn.outbound.guard import GuardedTransport
from noktvrn.outbound.loop import run
from noktvrn.outbound.rules import Rules, Trace
from noktvrn.outbound.spool import Pouring, Spooled, finish, part_of
from noktvrn.outbound.troubles import Trouble

HOPS = 3
MOVED = frozenset({301, 302, 303, 307, 308})
LATER = frozenset({408, 425, 429})
_RANGE = re.compile(r"bytes (\d{1,18})-\d{1,18}/(\d{1,18})")
SOURCE = "noktvrn-source"
"""In a file's note: where it came from, as a hash of the address without what is signed."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is fetched, where to, and within which limits. `named` is what errors call the service; `badge` is
    shown at the service's own address alone."""

    url: str
    into: Path
    named: str
    max_bytes: int
    deadline_s: float
    private_hosts: Collection[str] = ()
    resolver: Resolver | None = None
    badge: Badge | None = None

    @property
    def source(self) -> str:
        """The address without what may change when it is signed anew, hashed: it is kept on disk."""
        lasting = re.split(r"[?#]", self.url, maxsplit=1)[0]
        return hashlib.sha256(lasting.encode("utf-8", "replace")).hexdigest()


class Download:
    """One attempt at one file."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self._ends = time.monotonic() + order.deadline_s
        self._note = part_of(order.into).with_name(order.into.name + ".part.from")
        self._badge = order.badge

    def fetch(self) -> Spooled:
        """The whole file under its name, not looked at yet.

        Raises:
            NotAllowed: an address on the way is not one the house goes to.
            Unavailable: trouble TRANSIENT: it may be fetched again.
            Refused: trouble EXPIRED: the file is no longer there. Trouble CONTRACT: this is no such file.
        """
        etag = self._etag()
        try:
            with Pouring(self._order.into, onward=bool(etag)) as pouring:
                response = self._followed(pouring, etag)
            return self._kept(response, pouring)
        except OSError as error:
            why = error.strerror or "the disk failed"
        raise Unavailable(
            f"The file from {self._order.named} could not be written: {why}.",
            code="spool.unwritable",
            hint="Make room on the disk of NOKTVRN_HOME.",
        )

    def discard(self) -> None:
        """Forgets what came so far."""
        self._note.unlink(missing_ok=True)
        part_of(self._order.into).unlink(missing_ok=True)

    def _followed(self, pouring: Pouring, etag: str) -> httpx2.Response:
        """The answer whose body was poured, at most `HOPS` addresses on."""
        url, self._badge = self._order.url, self._order.badge
        for _ in range(HOPS + 1):
            response, taken = self._asked(url, pouring, etag)
            if not taken and etag and response.status_code in (206, 416):
                etag = ""
                response, taken = self._asked(url, pouring, etag)
            if taken:
                return response
            if response.status_code not in MOVED:
                raise self._refused(response.status_code)
            url = self._next(url, response)
        raise self._unfit("it is sent on from one address to the next without end")

    def _asked(self, url: str, pouring: Pouring, etag: str) -> tuple[httpx2.Response, bool]:
        """An answer, and whether its body was poured."""
        onward = {"range": f"bytes={pouring.size}-", "if-range": etag} if etag else {}
        transport = GuardedTransport(self._rules(pouring.size if etag else 0))
        try:
            headers = {"accept": "*/*", **onward, **self._shown_at(url)}
            request = httpx2.Request("GET", url, headers=headers)
        except (httpx2.InvalidURL, ValueError):
            request = None
        if request is None:
            raise self._unfit("its address cannot be read")
        heard = run(self._poured(transport, request, pouring, etag))
        if heard is None:
            raise self._broken(transport.trace)
        return heard

    def _shown_at(self, url: str) -> dict[str, str]:
        """The key, at its own place. Whoever sends us elsewhere may send us back: then it stays away."""
        if self._badge is not None and not self._badge.fits(url, self._order.private_hosts):
            self._badge = None
        return {"authorization": self._badge.authorization.get_secret_value()} if self._badge else {}

    async def _poured(
        self, transport: GuardedTransport, request: httpx2.Request, pouring: Pouring, etag: str
    ) -> tuple[httpx2.Response, bool] | None:
        try:
            response = await transport.handle_async_request(request)
            try:
                if not self._begins(response, pouring, etag):
                    return response, False
                async for chunk in response.aiter_raw():
                    pouring.take(chunk)
            finally:
                await response.aclose()
        except httpx2.HTTPError:
            return None
        return response, True

    def _begins(self, response: httpx2.Response, pouring: Pouring, etag: str) -> bool:
        """Whether the body is the file, or what is missing of it; then the `.part` is made ready."""
        told = response.headers.get("etag", "")
        if response.status_code == 206:
            began = _RANGE.fullmatch(response.headers.get("content-range", ""))
            return bool(etag) and told == etag and began is not None and int(began[1]) == pouring.size
        if response.status_code != 200:
            return False
        pouring.again()
        self._note.unlink(missing_ok=True)
        if told.startswith('"') and told.isascii() and told.isprintable():
            note = {"etag": told, "source": self._order.source, "boot": _boot()}
            self._note.write_text(json.dumps(note), "utf-8")
        return True

    def _etag(self) -> str:
        """The strong ETag that what lies there began under; empty: it is begun anew."""
        try:
            told = json.loads(self._note.read_text("utf-8"))
            etag, same = str(told["etag"]), (told["source"], told["boot"]) == (self._order.source, _boot())
            came = part_of(self._order.into).stat().st_size
        except (OSError, ValueError, KeyError, TypeError):
            return ""
        return etag if same and 0 < came < self._order.max_bytes else ""

    def _rules(self, came: int) -> Rules:
        order = self._order
        return Rules(
            order.named,
            deadline_s=max(0.1, self._ends - time.monotonic()),
            max_bytes=order.max_bytes - came,
            patience_s=-1.0,
            private_hosts=order.private_hosts,
            resolver=order.resolver,
            loopback=False,
            stream=True,
            more_headers=frozenset([b"range", b"if-range"]),
            keep_headers=True,
        )

    def _next(self, url: str, response: httpx2.Response) -> str:
        onward, location = "", response.headers.get("location", "")
        with contextlib.suppress(ValueError):
            onward = urljoin(url, location) if location else ""
        if not onward:
            raise self._unfit("it is sent on to nowhere")
        if url.lower().startswith("https:") and not onward.lower().startswith("https:"):
            raise NotAllowed(
                f"{self._order.named} sends a download on to an address that is not encrypted.",
                code="outside.forbidden_address",
                hint="Look at the service's account and status page; nothing was fetched.",
            )
        return onward

    def _kept(self, response: httpx2.Response, pouring: Pouring) -> Spooled:
        told = _RANGE.fullmatch(response.headers.get("content-range", ""))
        if response.status_code == 206 and (told is None or int(told[2]) != pouring.size):
            raise self._unfit("its parts do not make a whole")
        headers = {SOURCE: self._order.source}
        whole = finish(Spooled(self._order.into, pouring.size, pouring.sha256, "", headers))
        self._note.unlink(missing_ok=True)
        return whole

    def _broken(self, trace: Trace) -> LabelError:
        """What it means that no whole answer came."""
        if isinstance(trace.stopped, NotAllowed):
            return trace.stopped
        if trace.status >= 300:
            return self._refused(trace.status)
        if trace.spoilt in (TOO_MUCH, COMPRESSED):
            return self._unfit(f"the server {trace.spoilt}")
        if not self._note.exists():
            self.discard()
        if trace.untrusted:
            return _transient(self._order.named, "its server's certificate is not trusted here")
        if trace.stopped is not None or not trace.sent:
            return _transient(self._order.named, "its server could not be reached")
        return _transient(self._order.named, "it did not end in time" if trace.timed_out else "it broke off")

    def _refused(self, status: int) -> LabelError:
        if status >= 500 or status in LATER:
            return _transient(self._order.named, f"its server answered {status}")
        self.discard()
        if status < 400:
            return self._unfit(f"the server answered {status}")
        return Refused(
            f"The file from {self._order.named} is not there any more ({status}).",
            code=f"outside.{Trouble.EXPIRED.value}",
            hint="Look at the account there; addresses of results live for hours or days.",
        )

    def _unfit(self, why: str) -> LabelError:
        self.discard()
        return unfit(self._order.named, why)


def _boot() -> str:
    """Which start of this machine it is: what was not on disk when it lost its power may be gone since."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return ""


def unfit(named: str, why: str) -> LabelError:
    """What came is no such file (trouble CONTRACT)."""
    return Refused(
        f"The file from {named} is not taken: {why}.",
        code=f"outside.{Trouble.CONTRACT.value}",
        hint="Look at the result in the account there; `noktvrn ticket settle` takes a file by hand.",
    )


def _transient(named: str, why: str) -> LabelError:
    return Unavailable(
        f"The file from {named} did not come: {why}.",
        code=f"outside.{Trouble.TRANSIENT.value}",
        hint="It is fetched again by itself.",
    )
