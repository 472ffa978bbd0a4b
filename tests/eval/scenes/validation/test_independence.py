"""The second opinion is one: it uses nothing of what makes the data."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from dtwinseger.eval.scenes import validation

ALLOWED = (
    "dtwinseger.eval.scenes.validation.",
    *map("dtwinseger.twin.{}".format, ("record", "jsonio", "errors")),
)
DATA = "dtwinseger.eval.scenes.knowledge"


@pytest.mark.parametrize("path", sorted(Path(validation.__file__).parent.glob("*.py")), ids=lambda p: p.stem)
def test_it_imports_the_readers_of_records_and_the_table_of_uses_alone(path: Path) -> None:
    imported: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            imported.add(node.module or "")
        elif isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
    ours = {name for name in imported if name.startswith("dtwinseger")} - {DATA}
    assert all(name.startswith(ALLOWED) for name in ours), ours
