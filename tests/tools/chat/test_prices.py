"""The table of prices."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from immutabledict import immutabledict

from dtwinseger.tools.chat.prices import Price, Prices, shipped
from dtwinseger.twin.errors import SettingsError


def test_the_longest_beginning_of_a_name_counts() -> None:
    dear, cheap = Price(input=2, output=8), Price(input=1, output=1)
    prices = Prices(immutabledict({"toy": dear, "toy-mini": cheap}))
    assert prices.of("toy-2026") == dear
    assert prices.of("toy-mini-2026") == cheap
    assert prices.of("a-toy") is None


def test_a_price_is_for_a_million_tokens() -> None:
    assert Price(input=2, output=8).of(1_000_000, 500_000) == 6


def test_no_price_is_shipped() -> None:
    assert shipped().by_prefix == {}


def test_the_example_of_the_shipped_table_can_be_used(tmp_path: Path) -> None:
    text = (Path(__file__).parents[3] / "tools" / "chat" / "prices.toml").read_text()
    example = "\n".join(line[2:] for line in text.splitlines() if re.match(r"# (\[|\w+ = )", line))
    (tmp_path / "prices.toml").write_text(example)
    assert Prices.read(tmp_path / "prices.toml").of("name-of-the-model") == Price(input=0, output=0)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[toy", "is no TOML file"),
        ("toy = 3", "is no table of prices: toy"),
        ("[toy]\ninput = 1", "toy.output: Field required"),
        ("[toy]\ninput = -1\noutput = 1", "toy.input"),
        ("[toy]\ninput = nan\noutput = 1", "toy.input"),
        ("[toy]\ninput = 1\noutput = 1\ncached = 1", "toy.cached"),
        ("[toy.mini]\ninput = 1\noutput = 1", "toy.input: Field required"),
        ("\xff", "is no TOML file"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "prices.toml"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(SettingsError, match=re.escape(why)) as refused:
        Prices.read(path)
    assert str(path) in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_table_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"cannot read the prices in .*: No such file"):
        Prices.read(tmp_path / "none.toml")
