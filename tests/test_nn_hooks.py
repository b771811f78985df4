"""Hooks: what is called before and after a module, and with its gradients."""

import copy
import pickle

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core.errors import GradientError, ShapeError


class Mixed(nn.Module):
    """Two inputs, an option, and results in containers."""

    def forward(self, x, y, scale=1.0):
        return scale * x * y, {"sum": x + y}


def noted(notes, word, answer=None):
    """A hook that notes that it was called, and gives an answer."""

    def hook(*given):
        notes.append(word)
        return answer

    return hook


def twice(module, args):
    return 2 * args[0]


def leaf(*numbers):
    return ag.tensor(list(numbers), requires_grad=True)


# -- around forward ----------------------------------------------------------------------------------------------------


def test_hooks_run_before_and_after_forward_in_their_order_and_first_if_asked():
    notes, layer = [], nn.Identity()
    layer.register_forward_pre_hook(noted(notes, "before"))
    layer.register_forward_pre_hook(noted(notes, "first"), prepend=True)
    layer.register_forward_hook(noted(notes, "after"))
    layer.register_forward_hook(noted(notes, "last"))

    assert layer(1.0) == 1.0
    assert notes == ["first", "before", "after", "last"]


def test_what_a_hook_returns_takes_the_place_of_inputs_and_of_the_result():
    layer = Mixed()
    layer.register_forward_pre_hook(lambda module, args: (args[0], 10.0))
    layer.register_forward_pre_hook(lambda module, args, kwargs: (args, {"scale": -kwargs["scale"]}), with_kwargs=True)
    layer.register_forward_hook(lambda module, args, kwargs, y: (kwargs["scale"], args[1], y[0]), with_kwargs=True)

    assert layer(3.0, 5.0, scale=2.0) == (-2.0, 10.0, -60.0)


def test_a_hook_is_there_until_it_is_removed_and_then_a_call_is_what_it_was():
    layer = nn.Identity()
    one = layer.register_forward_pre_hook(twice)
    with layer.register_forward_pre_hook(twice):
        assert layer(1.0) == 4.0
    assert layer(1.0) == 2.0
    one.remove()
    one.remove()

    assert layer(1.0) == 1.0
    assert "_instead" not in vars(layer)


def test_hooks_may_remove_themselves_while_they_run():
    layer, notes = nn.Identity(), []
    handle = layer.register_forward_pre_hook(lambda module, args: handle.remove())
    layer.register_forward_pre_hook(noted(notes, "second"))
    layer(1.0)

    assert notes == ["second"]


def test_a_hook_that_is_always_called_sees_errors_too_and_its_own_are_noted():
    def failing(module, args, y):
        raise KeyError(y)

    notes, layer = [], nn.Linear(2, 1)
    layer.register_forward_hook(noted(notes, "only on success"))
    layer.register_forward_hook(noted(notes, "always"), always_call=True)
    layer.register_forward_hook(failing, always_call=True)
    with pytest.raises(ShapeError) as caught:
        layer(np.ones(3))

    assert notes == ["always"]
    assert caught.value.__notes__ == ["a forward hook that is always called failed then, too: KeyError(None)"]


def test_hooks_are_copied_and_pickled_with_the_module():
    layer = nn.Identity()
    handle = layer.register_forward_pre_hook(twice)
    twin, again = copy.deepcopy(layer), pickle.loads(pickle.dumps(layer))
    handle.remove()

    assert (layer(1.0), twin(1.0), again(1.0)) == (1.0, 2.0, 2.0)


def test_hooks_run_within_the_scope_of_the_module():
    paths, model = [], nn.Sequential(nn.Tanh())
    model[0].register_forward_pre_hook(lambda module, args: paths.append((args[0] * 1).node.scope.path))
    model(leaf(1.0))

    assert paths == ["Sequential.0"]


# -- with gradients ----------------------------------------------------------------------------------------------------


def test_backward_hooks_are_shown_the_gradients_of_results_then_those_of_inputs():
    x, y, shown = leaf(1.0, 2.0), leaf(3.0, 4.0), []
    layer = Mixed()
    layer.register_full_backward_pre_hook(lambda module, g: shown.append(g))
    layer.register_full_backward_hook(lambda module, g_in, g_out: shown.append((g_in, g_out)))
    product, others = layer(x, y)
    (np.sum(product) + 2 * np.sum(others["sum"])).backward()
    (g_out, (g_in, again)) = shown

    assert again is g_out
    assert (g_out[0].tolist(), g_out[1]["sum"].tolist()) == ([1, 1], [2, 2])
    assert [g.tolist() for g in g_in] == [[5, 6], [3, 4]]
    assert (x.grad.tolist(), y.grad.tolist()) == ([5, 6], [3, 4])


def test_what_backward_hooks_return_takes_the_place_of_gradients():
    x, layer = leaf(1.0, 2.0), nn.Linear(2, 1, bias=False)
    nn.init.ones_(layer.weight)
    layer.double().register_full_backward_pre_hook(lambda module, g: (10 * g[0],))
    layer.register_full_backward_hook(lambda module, g_in, g_out: (g_in[0] + g_out[0],))
    layer(x).backward()

    assert x.grad.tolist() == [20, 20]
    assert layer.weight.grad.tolist() == [[10, 20]]


def test_a_result_without_use_and_an_input_without_gradient_have_none():
    shown, layer = [], Mixed()
    layer.register_full_backward_hook(lambda module, g_in, g_out: shown.append((g_in, g_out)))
    np.sum(layer(leaf(1.0), np.array([3.0]))[0]).backward()
    ((g_in, g_out),) = shown

    assert (g_in[0].tolist(), g_in[1]) == ([3.0], None)
    assert g_out[1]["sum"] is None


def test_a_hook_may_give_a_gradient_to_a_result_without_use():
    x, layer = leaf(1.0), Mixed()
    layer.register_full_backward_pre_hook(lambda module, g: (g[0], {"sum": np.array([10.0])}))
    np.sum(layer(x, 3.0)[0]).backward()

    assert x.grad.tolist() == [13.0]


def test_a_module_whose_inputs_need_no_gradient_shows_those_of_its_results():
    shown, layer = [], nn.Linear(1, 1)
    layer.register_full_backward_hook(lambda module, g_in, g_out: shown.append((g_in, g_out[0].tolist())))
    layer(np.ones((1, 1))).sum().backward()
    with ag.no_grad():
        layer(np.ones((1, 1)))

    assert shown == [((None,), [[1.0]])]


def test_hooks_change_no_gradient_neither_of_higher_order_nor_forward_nor_behind_a_cut():
    def model(hooks):
        made = nn.Sequential(np.sqrt, nn.ReLU(), nn.Tanh())
        for layer in made.children() if hooks else ():
            layer.register_full_backward_hook(lambda module, g_in, g_out: None)
        return made

    x, t = np.array([0.0, 0.5, 2.0]), np.array([0.0, 2.0, -1.0])
    with np.errstate(divide="ignore", invalid="ignore"):
        for derived in (
            lambda f: ag.grad(lambda x: np.sum(f(x)))(x),
            lambda f: ag.jvp(f, (x[1:],), (t[1:],))[1],
            lambda f: ag.hessian(lambda x: np.sum(f(x)))(x[1:]),
        ):
            np.testing.assert_array_equal(derived(model(True)), derived(model(False)))


def test_hooks_of_a_net_of_scalars_are_shown_floats_as_scalars():
    shown, net = [], nn.MLP(2, [3, 1], generator=0)
    net.register_full_backward_hook(lambda module, g_in, g_out: shown.append(g_out))
    net([1.0, 2.0]).backward()

    assert shown == [(1.0,)]
    assert all(p.grad is not None for p in net.parameters())


def test_a_gradient_that_is_recorded_can_be_used_by_a_hook():
    norms, x = [], leaf(3.0)
    layer = nn.Tanh()
    layer.register_full_backward_hook(lambda module, g_in, g_out: norms.append(g_in[0] ** 2))
    layer(x).backward(create_graph=True)
    y = np.tanh(3.0)

    np.testing.assert_allclose(norms[0].numpy(), [(1 - y * y) ** 2])
    assert norms[0].requires_grad


WRONG = [
    (lambda layer: layer.register_forward_hook(3), nn.KindError, "a hook is a function, and was given as a int"),
    (
        lambda layer: layer.register_forward_pre_hook(lambda m, a, k: a, with_kwargs=True),
        nn.KindError,
        r"returns None or a pair \(args, kwargs\), and this one returned a tuple",
    ),
    (
        lambda layer: layer.register_full_backward_hook(lambda m, a, b: (a[0], a[0])),
        nn.KindError,
        "in place of the 1 gradients of grad_input, and this one returned 2 of them",
    ),
    (
        lambda layer: layer.register_full_backward_pre_hook(lambda m, g: g[0]),
        nn.KindError,
        "in place of the 1 gradients of grad_output, and this one returned a Tensor",
    ),
    (
        lambda layer: layer.register_full_backward_hook(lambda m, a, b: (np.ones(7),)),
        GradientError,
        r"gave a gradient of shape \(7,\) for one of \(1,\)",
    ),
]


@pytest.mark.parametrize(("register", "error", "words"), WRONG, ids=range(len(WRONG)))
def test_a_hook_that_gives_something_else_is_refused_with_words(register, error, words):
    def trained(layer):
        register(layer)
        layer(leaf(1.0)).backward()

    with pytest.raises(error, match=words):
        trained(nn.Tanh())


def test_backward_hooks_within_vmap_are_refused():
    layer = nn.Tanh()
    layer.register_full_backward_hook(lambda module, g_in, g_out: None)
    with pytest.raises(GradientError, match="a hook within vmap, for one of many examples"):
        ag.vmap(ag.grad(lambda x: layer(x)))(np.ones(3))


def test_hooked_shows_gradients_in_the_containers_of_the_values():
    shown = []
    x = {"a": leaf(1.0), "n": 3, "rest": [leaf(2.0), None]}
    y = ag.hooked(x, lambda g: shown.append(g) or {"a": None, "n": None, "rest": [-g["rest"][0], None]})
    np.sum(y["a"] * y["rest"][0]).backward()

    assert y["n"] == 3
    assert shown[0]["n"] is None
    assert (x["a"].grad.item(), x["rest"][0].grad.item()) == (2.0, -1.0)
    with pytest.raises(ShapeError, match="the answer of a hook: the containers differ"):
        ag.hooked(x, lambda g: g["rest"])["a"].backward()
    with pytest.raises(GradientError, match="hooked takes a function of the gradients, not 3"):
        ag.hooked(x, 3)
