"""Modes and scopes hold per thread and per task, and only for their block."""

import asyncio
import pickle
from concurrent.futures import ThreadPoolExecutor
from itertools import permutations
from threading import Barrier

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core.errors import AnomalyError, ModeError
from autograd_core.modes import Switch, current, keep_all
from autograd_core.scopes import Scope, current_scope


def is_recording():
    return (ag.tensor([1.0], requires_grad=True) * 2).requires_grad


# -- threads -----------------------------------------------------------------------------------------------------------------


def loss(x):
    y = np.sin(x) * np.exp(-x * x)
    y[1:] = y[1:] + y[:-1]
    return np.sum(y * ag.ops.softmax(y))


INPUTS = [np.linspace(0.1 * i, 1 + 0.1 * i, 20) for i in range(32)]


@pytest.mark.parametrize("transform", [ag.grad, ag.hessian], ids=["grad", "hessian"])
def test_threads_give_what_one_after_the_other_gives(transform):
    derived = transform(loss)
    expected = [derived(x) for x in INPUTS]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(derived, INPUTS))

    for a, b in zip(found, expected, strict=True):
        np.testing.assert_array_equal(a, b)


def test_threads_may_differentiate_by_the_same_values_and_share_a_model():
    model = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1))
    parameters = list(model.parameters())

    def gradients(seed):
        x = np.random.default_rng(seed).standard_normal((5, 3))
        return [g.numpy() for g in ag.gradients(np.sum(model(x) ** 2), parameters)]

    expected = [gradients(seed) for seed in range(16)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(gradients, range(16)))

    for a, b in zip(found, expected, strict=True):
        for g, h in zip(a, b, strict=True):
            np.testing.assert_array_equal(g, h)
    assert all(p.grad is None for p in parameters)


def test_a_mode_of_one_thread_is_not_that_of_another():
    together = Barrier(2)

    def off():
        with ag.no_grad():
            together.wait()
            inside = is_recording()
            together.wait()
        return inside

    def on():
        together.wait()
        inside = is_recording()
        together.wait()
        return inside

    with ThreadPoolExecutor(2) as pool:
        silent, recorded = pool.submit(off), pool.submit(on)

    assert (silent.result(), recorded.result()) == (False, True)


def test_one_block_object_serves_several_threads():
    off, together = ag.no_grad(), Barrier(2)

    def work(_):
        with off:
            together.wait()
            inside = is_recording()
        together.wait()
        return inside, is_recording()

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(work, range(2))) == [(False, True)] * 2


# -- tasks -------------------------------------------------------------------------------------------------------------------


def test_tasks_that_take_turns_keep_their_modes():
    seen = {}

    async def task(name, block, turns):
        with block:
            for turn in range(turns):
                await asyncio.sleep(0)
                seen[name, turn] = current().recording, current().keep_all
        seen[name, "after"] = current().recording, current().keep_all

    async def main():
        await asyncio.gather(task("off", ag.no_grad(), 3), task("on", ag.enable_grad(), 3), task("all", keep_all(), 3))

    asyncio.run(main())

    assert {seen["off", i] for i in range(3)} == {(False, False)}
    assert {seen["on", i] for i in range(3)} == {(True, False)}
    assert {seen["all", i] for i in range(3)} == {(True, True)}
    assert {seen[name, "after"] for name in ("off", "on", "all")} == {(True, False)}


def test_a_coroutine_function_can_be_decorated():
    @ag.no_grad()
    async def evaluated():
        await asyncio.sleep(0)
        return is_recording()

    async def main():
        return await asyncio.gather(evaluated(), asyncio.sleep(0, "other")), is_recording()

    assert asyncio.run(main()) == ([False, "other"], True)
    with pytest.raises(AnomalyError), np.errstate(divide="ignore"):
        asyncio.run(ag.detect_anomaly()(diverging)())


async def diverging():
    await asyncio.sleep(0)
    return np.log(ag.tensor([0.0], requires_grad=True))


# -- generators --------------------------------------------------------------------------------------------------------------


def waiting(block):
    with block:
        yield is_recording()


def test_a_generator_function_is_not_decorated():
    with pytest.raises(ModeError, match="Write the block inside"):
        ag.no_grad()(waiting)

    async def stream():
        yield 1

    with pytest.raises(ModeError, match="generator function stream"):
        ag.no_grad()(stream)


@pytest.mark.parametrize("order", [(0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)])
def test_blocks_that_are_left_in_any_order_leave_the_mode_as_it_was(order):
    blocks = [ag.no_grad(), ag.scope("inner"), ag.enable_grad()]
    generators = [waiting(block) for block in blocks]
    for generator in generators:
        next(generator)
    for i in order:
        generators[i].close()
        still = [blocks[k] for k in range(3) if k not in order[: order.index(i) + 1]]
        recorded = next((b.flag for b in reversed(still) if hasattr(b, "flag")), True)
        assert is_recording() == recorded

    assert current().switch is None


class Waiting(ag.Scoped):
    """Its call opens a block that stays, and closes one that was there."""

    def forward(self, opened, closed):
        if closed is not None:
            closed.close()
        next(opened)
        return current_scope().path, is_recording()


@pytest.mark.parametrize("closed_first", [True, False])
def test_a_call_leaves_the_mode_as_it_was_whatever_blocks_are_opened_and_closed_within(closed_first):
    opened, closed = waiting(ag.enable_grad()), waiting(ag.no_grad())
    next(closed)
    assert Waiting()(opened, closed if closed_first else None) == ("Waiting", True)
    assert (current_scope(), is_recording()) == (None, True)
    (closed if not closed_first else opened).close()

    assert is_recording()
    opened.close()
    assert current().switch is None


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
def test_scopes_that_are_left_in_any_order_leave_those_that_are_still_open(order):
    generators = [waiting(ag.scope(name)) for name in "abc"]
    for generator in generators:
        next(generator)
    for i in order:
        generators[i].close()
        still = [name for k, name in enumerate("abc") if k not in order[: order.index(i) + 1]]
        assert (current_scope() is None) == (still == [])
        assert not still or current_scope().name == still[-1]

    assert current_scope() is None


def test_a_call_leaves_the_scopes_that_blocks_opened_within_and_not_those_that_were_closed():
    opened, closed = waiting(ag.scope("opened")), waiting(ag.scope("closed"))
    next(closed)
    assert Waiting()(opened, closed)[0] == "closed.Waiting.opened"
    assert current_scope().name == "opened"
    opened.close()
    assert current_scope() is None

    closed, switched = waiting(ag.scope("closed")), waiting(ag.no_grad())
    next(closed)
    Waiting()(switched, closed)
    assert (current_scope(), is_recording()) == (None, False)
    switched.close()
    assert is_recording()


def test_scopes_of_threads_and_tasks_are_their_own():
    model, together = nn.Sequential(nn.Linear(2, 2), nn.Tanh()), Barrier(2)

    def threaded(name):
        with ag.scope(name):
            together.wait()
            y = model(np.ones(2, np.float32))
            together.wait()
        return y.node.scope.path

    async def task(name):
        with ag.scope(name):
            await asyncio.sleep(0)
            y = model(np.ones(2, np.float32))
            await asyncio.sleep(0)
            return y.node.scope.path, current_scope().path

    async def main():
        with ag.scope("main"):
            return await asyncio.gather(task("a"), task("b"))

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(threaded, "ab")) == ["a.Sequential.1", "b.Sequential.1"]
    assert asyncio.run(main()) == [("main.a.Sequential.1", "main.a"), ("main.b.Sequential.1", "main.b")]
    assert current_scope() is None


def test_what_was_recorded_in_an_open_block_can_be_copied():
    with ag.scope("block"):
        y = ag.tensor([1.0], requires_grad=True) * 2
        copy = pickle.loads(pickle.dumps(y.node.scope))

    assert (copy.path, copy.kind, type(copy)) == ("block", "", Scope)


def test_calls_are_scopes_of_their_own():
    class Twice(ag.Scoped):
        def forward(self, x):
            return x * 2

    x, twice = ag.tensor([1.0], requires_grad=True), Twice()
    one, other = twice(x).node.scope, twice(x).node.scope

    assert (one.path, one.kind) == (other.path, other.kind) == ("Twice", "Twice")
    assert one is not other
    with pytest.raises(NotImplementedError, match="Scoped has no forward method: write"):
        ag.Scoped()(1.0)


@pytest.mark.parametrize("block", [ag.no_grad(), ag.scope("here")], ids=["mode", "scope"])
def test_a_block_that_is_left_in_another_task_says_so(block):
    generator = waiting(block)
    next(generator)

    async def close():
        generator.close()

    try:
        with pytest.raises(ModeError, match="another thread or task"):
            asyncio.run(close())
    finally:
        block.__exit__()
    assert (current_scope(), is_recording()) == (None, True)


@pytest.mark.parametrize("block", [ag.no_grad(), ag.scope("here")], ids=["mode", "scope"])
def test_a_task_cannot_leave_what_was_left_where_it_was_started(block):
    async def late():
        await asyncio.sleep(0)
        block.__exit__()

    async def main():
        with block:
            task = asyncio.create_task(late())
        await task

    with pytest.raises(ModeError, match="another thread or task"):
        asyncio.run(main())
    assert (current_scope(), is_recording()) == (None, True)


# -- decorators and errors ---------------------------------------------------------------------------------------------------


def test_a_decorated_function_may_call_itself_and_fail():
    @ag.no_grad()
    def countdown(n):
        assert not is_recording()
        return countdown(n - 1) if n else 1 / n

    with pytest.raises(ZeroDivisionError):
        countdown(3)
    assert is_recording()
    assert countdown.__name__ == "countdown"


def test_a_block_that_does_not_say_its_mode_is_incomplete():
    with pytest.raises(NotImplementedError):
        Switch().__enter__()
    assert current().switch is None
