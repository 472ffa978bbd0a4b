"""What tokens cost: a table that its owner edits."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

from immutabledict import immutabledict
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from dtwinseger.twin.errors import SettingsError
from dtwinseger.twin.wire import summary

_SHIPPED: Final = Path(__file__).with_name("prices.toml")
_PER: Final = 1_000_000


class Price(BaseModel):
    """USD for a million tokens. An upper bound: what is taken off for cached tokens is not known here."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    input: float = Field(ge=0, allow_inf_nan=False)
    output: float = Field(ge=0, allow_inf_nan=False)

    def of(self, input_tokens: int, output_tokens: int) -> float:
        """USD for so many tokens."""
        return (self.input * input_tokens + self.output * output_tokens) / _PER


@dataclass(frozen=True)
class Prices:
    """Prices by the beginning of the model's name."""

    by_prefix: Mapping[str, Price] = field(default_factory=immutabledict)

    def of(self, model: str) -> Price | None:
        """The price of the longest name in the table that the model's name begins with; None if none does."""
        known = [prefix for prefix in self.by_prefix if model.startswith(prefix)]
        return self.by_prefix[max(known, key=len)] if known else None

    @classmethod
    def read(cls, path: Path) -> Prices:
        """Read a table.

        Raises:
            SettingsError: it cannot be read, is no TOML, or holds something other than prices.
        """
        try:
            table = tomllib.loads(path.read_text(encoding="utf-8"))
            return cls(immutabledict(_TABLE.validate_python(table)))
        except ValidationError as error:
            raise SettingsError(f"{path} is no table of prices: {summary(error)}") from error
        except OSError as error:
            raise SettingsError(f"cannot read the prices in {path}: {error.strerror or error}") from error
        except ValueError as error:
            raise SettingsError(f"{path} is no TOML file: {error}") from error


@cache
def shipped() -> Prices:
    """The table that comes with the package: empty, since prices change and differ from host to host."""
    return Prices.read(_SHIPPED)


_TABLE: Final = TypeAdapter(dict[str, Price])
