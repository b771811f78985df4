"""Mutation testing of rules: wrong versions are noticed, weak samples are told, and nothing stays wrong."""

import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import settings

import autograd_core as ag
from autograd_core.primitives import arithmetic, contractions, reductions, selection, singular
from autograd_core.samples import sample
from autograd_core.testing.mutants import EXAMPLES, MUTATIONS, Trials, injected, mutants_of, rate
from autograd_core.testing.mutants.__main__ import BEGIN, END, GOAL, main, tried

EACH_KIND = [
    arithmetic.absolute, arithmetic.multiply, selection.maximum, reductions.arithmetic_mean, reductions.product,
    contractions.dot, singular.singular_triples,
]  # fmt: skip


def test_a_sample_of_wrong_built_in_rules_is_noticed():
    # in a program of its own: here doctests have declared operations, too
    command = [sys.executable, "-m", "autograd_core.testing.mutants", "--sample", "150", "--seed", "0"]
    found = subprocess.run(command, capture_output=True, text=True, check=False)

    assert found.returncode == 0, found.stdout + found.stderr


@pytest.mark.skipif(os.environ.get("HYPOTHESIS_PROFILE") != "nightly", reason="the whole run takes minutes")
def test_wrong_built_in_rules_are_noticed():
    assert rate([v for own in tried("autograd_core") for v in own]) >= GOAL


def test_as_many_calls_are_drawn_as_in_ci():
    assert settings.get_profile("ci").max_examples == EXAMPLES


def test_each_mutation_is_noticed_somewhere():
    noticed = set()
    for primitive in EACH_KIND:
        trials = Trials(primitive)
        for mutant in mutants_of(primitive):
            if mutant.mutation.name not in noticed and trials.verdict(mutant).law is not None:
                noticed.add(mutant.mutation.name)

    assert noticed == {m.name for m in MUTATIONS} | {"axis", "setting", "term"}


def state_of(primitive):
    routes = {key: (id(r), r.pull, r.keeps, r.every) for key, r in primitive.routes.items()}
    return {name: id(x) for name, x in vars(primitive).items()}, routes


@pytest.mark.parametrize("primitive", EACH_KIND, ids=lambda p: p.name)
def test_nothing_stays_wrong(primitive):
    before = state_of(primitive)
    for mutant in mutants_of(primitive):
        with pytest.raises(ZeroDivisionError), injected(mutant.site, mutant.mutation.change):
            raise ZeroDivisionError

        assert state_of(primitive) == before


def test_within_the_block_calls_made_before_are_wrong_too():
    x = ag.tensor([1.0, 2.0], requires_grad=True)
    y = np.sum(x * x)
    mutant = mutants_of(arithmetic.multiply)[0]
    with injected(mutant.site, mutant.mutation.change):
        wrong = ag.gradients(y, [x])[0]
    right = ag.gradients(y, [x])[0]

    assert str(mutant) == "multiply, partial by a: half of it"
    assert (wrong.numpy().tolist(), right.numpy().tolist()) == ([1.5, 3.0], [2.0, 4.0])


def huber(*points):
    return ag.elementwise(
        lambda x: np.where(np.abs(x) < 1, x * x / 2, np.abs(x) - 0.5),
        lambda a: np.where(np.abs(a) < 1, a, np.sign(a)),
        samples=lambda: [sample(np.array(points))],
        name="huber",
        real=True,
        listed=False,
    )


def outcomes(primitive):
    verdicts = list(map(Trials(primitive).verdict, mutants_of(primitive)))
    survivors = {v.mutant.mutation.name for v in verdicts if v.survived}
    return survivors, {v.mutant.mutation.name: v.excuse for v in verdicts if v.excuse is not None}


def test_samples_that_miss_a_branch_let_mutants_survive():
    assert outcomes(huber(2.0, 3.0)) == ({"reversed", "constant"}, {})
    assert outcomes(huber(-1.5, 0.5, 2.0)) == (set(), {})


def test_what_is_no_mistake_is_excused_by_the_declaration():
    survivors, excuses = outcomes(
        ag.primitive(
            lambda x, bias: x + bias,
            lambda g: g,
            lambda g: np.sum(g, 0),
            jvp=lambda ts: sum(t for t in ts if t is not None),
            samples=lambda: [sample(np.array([[0.5, -1.0], [2.0, 0.25], [1.0, 1.5]]), np.array([0.1, 0.2]))],
            name="add_bias",
            listed=False,
        )
    )

    assert excuses == {
        "one copy": "the rule itself gives the shape of its input",
        "transposed": "it has one axis at most",
    }
    assert survivors == {"conjugate"}  # it takes complex numbers, and no sample is complex


def test_what_a_definition_gives_has_no_rule_to_be_wrong():
    fused = ag.primitive(
        np.tanh, lambda g, y: g * (1 - y * y), definition=lambda a: np.tanh(a), name="fused", listed=False
    )

    assert {m.site.kind for m in mutants_of(fused)} == {"vjp", "way back"}


# -- the command -------------------------------------------------------------------------------------------------------

PACKAGE = """
import numpy as np
import autograd_core as ag
from autograd_core.samples import sample

softsign = ag.elementwise(lambda x: x / (1 + x), lambda a: 1 / (1 + a) ** 2, domain=(0.5, 2.0), name="softsign", real=True)
bare = ag.primitive(lambda a: a * a, lambda g, a: 2 * a * g, jvp=lambda t, a: 2 * a * t, name="bare", real=True)
"""


@pytest.fixture
def package(tmp_path, monkeypatch):
    (tmp_path / "mutated_package.py").write_text(PACKAGE)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(tmp_path)
    return "mutated_package"


def test_the_command_prints_tables_and_survivors_and_fails_below_its_goal(package, capsys):
    assert main([package]) == 1
    said = capsys.readouterr().out

    assert "softsign: 10 tried, 0 survived\nbare: 20 tried, 20 survived" in said
    assert "of the mistakes are noticed: 10 of 30, in the rules of 2 operations." in said
    assert "| half " in said
    assert "| differences " in said
    assert "- bare, 20 mutants: no samples are declared, so that nothing can be tried" in said


def test_a_sample_is_the_same_for_the_same_seed(package):
    def chosen(seed):
        return [str(v.mutant) for own in tried(package, sample=5, seed=seed) for v in own]

    assert len(chosen(1)) == 5
    assert chosen(1) == chosen(1) != chosen(2)


def test_the_summary_is_written_between_the_marks_of_a_page(package, tmp_path):
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}old\n{END}after\n")
    main([package, "--sample", "3", "--write", str(page)])
    before, rest = page.read_text().split(BEGIN)
    made, after = rest.split(END)

    assert (before, after) == ("before\n", "after\n")
    assert "old" not in made
    assert "of the mistakes are noticed" in made


@pytest.mark.parametrize(
    ("name", "says"), [("nowhere", "No module named 'nowhere'"), ("json", "declares no operation")]
)
def test_a_package_without_operations_is_an_error(name, says, capsys):
    with pytest.raises(SystemExit):
        main([name])

    assert says in capsys.readouterr().err
