"""`uvicorn app.main:app` from the checkout, as the original's README writes it."""

from noktvrn.api.app import create_app

app = create_app()
