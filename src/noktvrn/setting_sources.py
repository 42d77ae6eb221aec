"""Where settings are read from: the variables they name, and no others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from pydantic import AliasChoices
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource


class Named(PydanticBaseSettingsSource):
    """What the variables of another source say that a setting names.

    The library's own sources also read a variable that is called as a field is, because fields may be given
    by name in code: every shell has a `HOME`, many a `LANGUAGE`, and neither is meant for us.
    """

    def __init__(self, settings_cls: type[BaseSettings], variables: Mapping[str, str | None]) -> None:
        super().__init__(settings_cls)
        self._variables = variables

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """What the first of a setting's variables says that is set, and under which name it is told on."""
        names = _variables_of(field) or [field_name]
        said = (self._variables.get(name.lower()) for name in names)
        return next((text for text in said if text is not None), None), names[0], False

    def __call__(self) -> dict[str, Any]:
        """The texts that were found; the settings read them."""
        fields = self.settings_cls.model_fields.items()
        told = (self.get_field_value(field, name) for name, field in fields)
        return {name: text for text, name, _ in told if text is not None}


class NamedSettings(BaseSettings):
    """Settings that are read from the variables they name."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What code gives, then the environment, then the `.env` file."""
        read = (cast("EnvSettingsSource", source).env_vars for source in (env_settings, dotenv_settings))
        return init_settings, *(Named(settings_cls, variables) for variables in read if variables)


def _variables_of(field: FieldInfo) -> list[str]:
    """None of a setting that names none: it is read from the variable that is called as it is."""
    names = field.validation_alias
    return (
        [name for name in names.choices if isinstance(name, str)] if isinstance(names, AliasChoices) else []
    )
