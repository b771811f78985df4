"""The tutorial notebooks run, find what they tell of, and are committed with what they show."""

import nbformat
import pytest

from tests.notebooks import LARGEST, NOTEBOOKS, ROOT, is_picture, run, text_of, words_and_numbers

CHECKS = {
    "1-neuron": """
assert w1.grad is not None and abs(gradient - (1 - np.tanh(0.5) ** 2) * 2) < 1e-12
assert 0.8 < o.item() < 0.9 and loss.item() < 0.01
assert report.worst < 1e-9
""",
    "2-digits": """
assert accuracy(model) > 0.95
assert history[-1]["val_accuracy"] > 0.95
assert all(parameter.grad is not None for parameter in network.parameters())
assert np.any(image.grad.numpy())
""",
    "3-vanishing": """
assert plain[0] < 1e-9 < 1e-2 < gated[0]
sizes = lambda model: [np.linalg.norm(layer.weight.grad.numpy()) for layer in (model[0][0], model[6])]
assert sizes(fading)[0] < 1e-4 * sizes(fading)[1]
assert sizes(flowing)[0] > 0.1 * sizes(flowing)[1]
""",
}
"""What is true of the names of each notebook once it has run."""


def test_every_notebook_is_checked_and_small_and_linked():
    docs = (ROOT / "docs" / "drawing.md").read_text() + (ROOT / "README.md").read_text()

    assert [path.stem for path in NOTEBOOKS] == list(CHECKS)
    assert all(path.stat().st_size < LARGEST for path in NOTEBOOKS)
    assert all(f"notebooks/{path.name}" in docs for path in NOTEBOOKS)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_in_a_new_kernel_and_shows_what_is_committed(path):
    committed = nbformat.read(path, as_version=4)
    made = run(path, CHECKS[path.stem])

    for cell, known in zip(made.cells, committed.cells, strict=True):
        assert cell.source == known.source
        for output, expected in zip(cell.get("outputs", ()), known.get("outputs", ()), strict=True):
            if not is_picture(expected):  # which is a text where no program is there to lay it out
                words, numbers = words_and_numbers(text_of(output))
                known_words, known_numbers = words_and_numbers(text_of(expected))
                assert words == known_words
                assert numbers == pytest.approx(known_numbers, rel=0.1, abs=0)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_committed_notebook_was_run_from_top_to_bottom(path):
    cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]

    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    assert not [output for cell in cells for output in cell.outputs if output.output_type == "error"]
