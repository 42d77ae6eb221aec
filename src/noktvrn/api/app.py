"""The app: guard, meters, routes, problems, and the label behind them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager

from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool

from noktvrn import __version__
from noktvrn.api.feed import Feed
from noktvrn.api.metrics import Metrics
from noktvrn.api.problems import add_handlers, describe_problems
from noktvrn.api.routes import artists, events, hooks, reviews, runs, switch, telegram, watching
from noktvrn.api.routes.common import BEARER
from noktvrn.api.security import LOOPBACK, BodyLimit, Guard, home_token
from noktvrn.label.house import ensure_home
from noktvrn.label.label import open_label
from noktvrn.settings import Settings


def create_app(settings: Settings | None = None, *, work: bool = True) -> FastAPI:
    """The API of a label. `work` also takes work from the queues in this process.

    Raises:
        NotAllowed: the home cannot be written.
    """
    settings = settings or Settings()
    ensure_home(settings.home)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        stack = ExitStack()

        def open_() -> None:
            app.state.label = stack.enter_context(open_label(settings))
            app.state.label.move_in()
            if work:
                executor = stack.enter_context(app.state.label.working())
                stack.callback(executor.leave)  # what is under way goes back into its queue

        # In a thread: the workflow engine starts and stops only where no event loop runs.
        try:
            await run_in_threadpool(open_)
            yield
        finally:
            await run_in_threadpool(stack.close)

    app = FastAPI(
        title="noktvrn",
        version=__version__,
        summary="A record label of AI music artists.",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    app.state.metrics = Metrics()
    app.state.feed = Feed()
    keys = tuple(key.get_secret_value() for key in settings.api_keys)
    hosts = LOOPBACK | frozenset(settings.api_hosts)
    app.add_middleware(BodyLimit)  # the first added is the innermost: only those let in are counted
    app.middleware("http")(Guard((home_token(settings.home), *keys), hosts))
    app.middleware("http")(app.state.metrics)
    add_handlers(app)
    for router in (artists.router, runs.router, reviews.router, switch.router, events.router):
        app.include_router(router, dependencies=[BEARER])
    app.include_router(watching.router)
    app.include_router(telegram.router)
    app.include_router(hooks.router)
    describe_problems(app)
    return app
