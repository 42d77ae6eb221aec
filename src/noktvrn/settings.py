"""Every setting that is read, from the environment or a `.env` file. Secrets are secret types.

`.env.example` lists them all; a test compares the two. Fields come with the feature that reads them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import platformdirs
from pydantic import AliasChoices, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


def _env(*names: str) -> AliasChoices:
    return AliasChoices(*names)


class Settings(BaseSettings):
    """The label's settings. Names of the original are honoured; ours begin with `NOKTVRN_`."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", populate_by_name=True)

    home: Path = Field(
        default_factory=lambda: Path(platformdirs.user_data_dir("noktvrn")),
        validation_alias=_env("NOKTVRN_HOME"),
    )
    """The data folder: one SQLite file, the vault, packages."""

    label_name: str = Field(default="noktvrn", validation_alias=_env("NOKTVRN_LABEL_NAME"))
    """Name of the label on P and C lines."""

    database_url: SecretStr | None = Field(default=None, validation_alias=_env("DATABASE_URL"))
    """`postgresql://...` or `sqlite:///...`; unset: one SQLite file in the home."""

    postgres_host: str | None = Field(default=None, validation_alias=_env("POSTGRES_HOST"))
    postgres_port: int = Field(default=5432, validation_alias=_env("POSTGRES_PORT"))
    postgres_user: str = Field(default="postgres", validation_alias=_env("POSTGRES_USER"))
    postgres_password: SecretStr = Field(default=SecretStr(""), validation_alias=_env("POSTGRES_PASSWORD"))
    postgres_db: str = Field(default="noktvrn", validation_alias=_env("POSTGRES_DB"))
    """The original's way to name the same server; `DATABASE_URL` wins."""

    durability: Literal["normal", "full"] = Field(
        default="normal", validation_alias=_env("NOKTVRN_DURABILITY")
    )
    """`full`: SQLite survives power loss as well, at about half the speed."""
