"""The settings of storage: where the ledger lies, who keeps the vault's files, and for how long."""

from __future__ import annotations

from typing import Literal

from pydantic import AliasChoices as Names
from pydantic import Field, SecretStr

from noktvrn.setting_sources import NamedSettings


class StorageSettings(NamedSettings):
    """Part of `noktvrn.settings.Settings`."""

    database_url: SecretStr | None = Field(default=None, validation_alias=Names("DATABASE_URL"))
    """`postgresql://...` or `sqlite:///...`; unset: one SQLite file in the home."""

    postgres_host: str | None = Field(default=None, validation_alias=Names("POSTGRES_HOST", "DB_HOST"))
    postgres_port: int = Field(default=5432, validation_alias=Names("POSTGRES_PORT", "DB_PORT"))
    postgres_user: str = Field(default="postgres", validation_alias=Names("POSTGRES_USER", "DB_USER"))
    postgres_password: SecretStr = Field(
        default=SecretStr(""), validation_alias=Names("POSTGRES_PASSWORD", "DB_PASSWORD")
    )
    postgres_db: str = Field(default="noktvrn", validation_alias=Names("POSTGRES_DB", "DB_NAME"))
    """The original's two ways to name the same server; `DATABASE_URL` wins."""

    durability: Literal["normal", "full"] = Field(
        default="normal", validation_alias=Names("NOKTVRN_DURABILITY")
    )
    """`full`: SQLite survives power loss as well, at about half the speed."""

    s3_bucket: str | None = Field(default=None, validation_alias=Names("S3_BUCKET_NAME"))
    """A bucket of an S3 server; unset: a folder in the home."""

    s3_prefix: str = Field(default="", validation_alias=Names("NOKTVRN_S3_PREFIX"))
    s3_endpoint: str | None = Field(
        default=None, validation_alias=Names("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
    )
    """Where in the bucket, and a server other than Amazon's."""

    aws_region: str = Field(default="us-east-1", validation_alias=Names("AWS_REGION", "AWS_DEFAULT_REGION"))
    aws_access_key_id: SecretStr | None = Field(default=None, validation_alias=Names("AWS_ACCESS_KEY_ID"))
    aws_secret_access_key: SecretStr | None = Field(
        default=None, validation_alias=Names("AWS_SECRET_ACCESS_KEY")
    )
    aws_session_token: SecretStr | None = Field(default=None, validation_alias=Names("AWS_SESSION_TOKEN"))
    """Without a key the machine's own role is used."""

    vault_patience_s: float = Field(
        default=120.0, ge=0, le=3600, validation_alias=Names("NOKTVRN_VAULT_PATIENCE")
    )
    """Seconds a server that is away is waited for."""

    vault_cache_gb: float = Field(default=20.0, gt=0, validation_alias=Names("NOKTVRN_VAULT_CACHE_GB"))
    """How much of a bucket is kept on this machine."""

    vault_quota_gb: float | None = Field(default=None, gt=0, validation_alias=Names("NOKTVRN_VAULT_QUOTA_GB"))
    """How large the vault may become before people are told; unset: as large as its disk."""

    keep_takes_days: int | None = Field(default=90, ge=1, validation_alias=Names("NOKTVRN_KEEP_TAKES_DAYS"))
    """Days until the vault lets go of takes that were passed over, and of what runs made that ended without a
    release."""

    keep_stems_days: int | None = Field(default=None, ge=1, validation_alias=Names("NOKTVRN_KEEP_STEMS_DAYS"))
    """The same for the stems of released songs; unset: never."""

    keep_previews_days: int = Field(default=30, ge=1, validation_alias=Names("NOKTVRN_KEEP_PREVIEWS_DAYS"))
    keep_spool_days: int = Field(default=30, ge=1, validation_alias=Names("NOKTVRN_KEEP_SPOOL_DAYS"))
    """The same for previews of ended runs, and for what ended outside jobs left behind."""
