"""The rows of the paper's ablation that need models are settings, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from dtwinseger.agent.settings import Settings, load_settings, unknown_variables

ABLATION = Path(__file__).parents[3] / "examples" / "ablation"
GPT = "openai:gpt-4o"
ROWS = {
    "tagger_owlv2": ("owlv2:owlv2-base-patch16-ensemble", None, GPT),
    "prompting_direct": (GPT, "direct", GPT),
    "prompting_in_context": (GPT, "in_context", GPT),
    "prompting_system": (GPT, "system", GPT),
    "vlm_gpt_4o_mini": ("openai:gpt-4o-mini", "system", GPT),
    "vlm_qwen": (
        "openai:Qwen/Qwen2.5-VL-72B-Instruct", "system", "openai:Qwen/Qwen2.5-VL-72B-Instruct",
    ),
}  # fmt: skip


@pytest.mark.parametrize("row", ROWS)
@pytest.mark.usefixtures("home")
def test_a_row_names_its_tagger_its_prompting_and_its_planner(
    monkeypatch: pytest.MonkeyPatch, row: str
) -> None:
    file = ABLATION / f"{row}.env"
    settings = Settings(_env_file=file)
    tagger, strategy, planner = ROWS[row]
    assert (settings.segmenter, settings.tagger, settings.planner) == ("sam:vit_h", tagger, planner)
    if strategy is not None:
        # The paper's way: a crop of each mask, one a call.
        assert (settings.strategy, settings.views, settings.tag_batch) == (strategy, "crop", 1)
    for line in file.read_text().splitlines():
        if line and not line.startswith("#"):
            monkeypatch.setenv(*line.split("=", 1))
    assert unknown_variables() == []
    assert load_settings() == settings.model_copy(update={"home": load_settings().home})
    assert f"examples/ablation/{row}.env" in file.read_text()


def test_every_file_of_the_ablation_is_tested_here_or_with_the_segmenters() -> None:
    assert {file.stem for file in ABLATION.glob("*.env")} == {*ROWS, "sam_only", "sam_fine_tuned"}
