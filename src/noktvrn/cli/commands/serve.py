"""`noktvrn serve`: the HTTP API."""

from __future__ import annotations

import click

from noktvrn.cli.house import read_settings
from noktvrn.cli.output import note
from noktvrn.kernel.errors import NotAllowed


@click.command()
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Another address needs NOKTVRN_API_KEYS."
)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.option("--no-work", is_flag=True, help="Answer only; leave the queues to workers.")
def serve(host: str, port: int, no_work: bool) -> None:
    """Serves the HTTP API on loopback; the token lies in the file api_token in the home."""
    import uvicorn

    from noktvrn.api.app import create_app
    from noktvrn.api.security import LOOPBACK

    settings = read_settings()
    if host not in LOOPBACK and not settings.api_keys:
        raise NotAllowed(
            f"The API does not listen on {host} without keys.",
            code="api.no_keys",
            hint="Set NOKTVRN_API_KEYS and NOKTVRN_API_HOSTS, or stay on 127.0.0.1.",
        )
    app = create_app(settings, work=not no_work)
    note(f"Listening on http://{host}:{port}; the token is in {settings.home / 'api_token'}.")
    config = uvicorn.Config(app, host=host, port=port, log_level="warning", server_header=False)
    server = uvicorn.Server(config)
    app.state.feed.leaving = lambda: server.should_exit  # a stream would hold the end for minutes
    server.run()
    if not server.started:
        raise SystemExit(1)
