"""A place of the console: a screen that shows one noun of the label and follows what happens to it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from textual.app import ComposeResult
from textual.screen import Screen
from textual.widget import Widget

from noktvrn.console.asking import Refusal, ask
from noktvrn.console.loading import Loading
from noktvrn.console.verbs import Verb
from noktvrn.console.watcher import Happened
from noktvrn.console.widgets.bar import Bar, Keys
from noktvrn.label.label import Label

if TYPE_CHECKING:
    from noktvrn.console.app import Console

A = TypeVar("A")
T = TypeVar("T")


class Place(Screen[None], Generic[T]):
    """Between the first line and the last one `body`; what it shows comes from `refresh_from` by `show`."""

    NAME: ClassVar[str] = ""
    VERBS: ClassVar[tuple[Verb, ...]] = ()

    def __init__(self) -> None:
        super().__init__()
        self._loading = Loading[T](self.console, lambda: self.refresh_from(self.console.label), self._shown)

    @property
    def console(self) -> Console:
        """The app."""
        return self.app  # type: ignore[return-value]

    def compose(self) -> ComposeResult:
        """The first line, the body and the last line."""
        yield Bar(self.NAME)
        yield from self.body()
        yield Keys(self.VERBS)

    @abstractmethod
    def body(self) -> Iterable[Widget]:
        """What lies between the lines."""

    @abstractmethod
    def refresh_from(self, label: Label) -> T:
        """Everything the place shows, read from the label. On a thread: touch no widget."""

    @abstractmethod
    def show(self, data: T) -> None:
        """Puts it on the screen. On the app's thread: ask the label nothing."""

    def _shown(self, data: T) -> None:
        if not self.is_attached:
            return  # it was left for good meanwhile
        if self.is_mounted:
            self.show(data)
        else:
            self._loading.soon()  # the reading was faster than the widgets it is for

    def selected(self) -> Mapping[str, str]:
        """The ids of the selected thing by the names its commands use (`run`, `artist`); empty: nothing."""
        return {}

    def on_shell(self) -> str:
        """The command that shows the selected thing, for `y`; empty: nothing is selected."""
        return ""

    def ask(
        self,
        act: Callable[[], A],
        then: Callable[[A], None],
        *,
        changes: bool = True,
        otherwise: Refusal | None = None,
    ) -> None:
        """Asks the label, as `console.asking.ask` does."""
        ask(self.console, act, then, changes=changes, otherwise=otherwise)

    def reload(self) -> None:
        """Reads everything once more, at once."""
        self._loading.now()

    def on_screen_resume(self) -> None:
        """What happened while another place was shown."""
        self._loading.now()

    def on_happened(self, message: Happened) -> None:
        """Many events are one reading. A place that shows progress has an `on_happened` of its own beside
        this one; both are called."""
        if message.events or message.anew:
            self._loading.soon()

    def action_copy(self) -> None:
        """Copies the command of the selected thing and says it."""
        self.console.copy_command(self.on_shell())
