"""The graph as people see it, against a golden file."""

from __future__ import annotations

from pathlib import Path

from graphfakes import MemoryStore, ScriptedPlanner, Shapes

from dtwinseger.graphs.segment import build_segment
from dtwinseger.graphs.workspace import Services, Workspace
from dtwinseger.tools.attributes import AttributeTagger

GOLDEN = Path(__file__).parent / "golden" / "segment.mmd"
RENEW = f"the graph is drawn otherwise than {GOLDEN.name} has it; if you want that: python {__file__}"


def drawn() -> str:
    """The whole graph, subgraphs opened, as Mermaid."""
    services = Services(Shapes(), AttributeTagger(), ScriptedPlanner(), MemoryStore())
    graph = build_segment(Workspace(services, max_pixels=1000))
    return graph.get_graph(xray=True).draw_mermaid()


def test_the_graph_is_the_one_of_the_golden_file() -> None:
    assert drawn() == GOLDEN.read_text(encoding="utf-8"), RENEW


if __name__ == "__main__":
    GOLDEN.write_text(drawn(), encoding="utf-8")
