"""Modules: what they find, save, load, convert and say."""

import copy
import pickle
import re

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core.errors import DTypeError, NoAttributeError
from nn import KindError


class Tree(nn.Module):
    """Every place where a parameter or a module can be."""

    def __init__(self):
        self.own = nn.Parameter([1.0, 2.0])
        self.pair = (nn.Parameter(3.0), "not a parameter")
        self.layers = [nn.Linear(2, 2), {"inner": nn.Linear(2, 1, bias=False)}]
        self.constant = ag.tensor([1.0])
        self.register_buffer("steps", np.array([5]))
        self.register_buffer("cache", [0.0], persistent=False)

    def forward(self, x):
        return self.layers[1]["inner"](self.layers[0](x)) * self.own


KEYS = ["own", "pair.0", "layers.0.weight", "layers.0.bias", "layers.1.inner.weight"]


def test_parameters_are_found_in_attributes_lists_tuples_and_dicts():
    assert [name for name, _ in Tree().named_parameters()] == KEYS


def test_what_is_assigned_later_is_found_and_what_is_taken_away_is_not():
    model = nn.Module()
    model.w = nn.Parameter([1.0])
    assert [name for name, _ in model.named_parameters()] == ["w"]
    del model.w

    assert list(model.parameters()) == []


def test_a_shared_parameter_is_listed_once_and_saved_under_both_names():
    a, b = nn.Linear(2, 2), nn.Linear(2, 2)
    b.weight = a.weight
    model = nn.Sequential(a, b, a)

    assert [name for name, _ in model.named_parameters()] == ["0.weight", "0.bias", "1.bias"]
    assert list(model.state_dict()) == ["0.weight", "0.bias", "1.weight", "1.bias", "2.weight", "2.bias"]


def test_a_module_that_holds_itself_is_walked_once():
    model = nn.Module()
    model.w, model.me = nn.Parameter([1.0]), model

    assert [name for name, _ in model.named_parameters()] == ["w"]
    assert list(model.state_dict()) == ["w"]


def test_buffers_are_not_parameters_and_only_persistent_ones_are_saved():
    model = Tree()

    assert [name for name, _ in model.named_buffers()] == ["steps", "cache"]
    assert "steps" in model.state_dict()
    assert "cache" not in model.state_dict()
    assert model.steps.dtype.kind == "i"
    assert model.cache.dtype == np.float32


def test_children_and_modules_carry_their_paths():
    model = nn.Sequential(nn.Sequential(nn.Linear(1, 1)), nn.ReLU())

    assert [name for name, _ in model.named_modules()] == ["", "0", "0.0", "1"]
    assert [name for name, _ in model.named_children()] == ["0", "1"]
    assert list(model.children()) == [model[0], model[1]]


def test_names_carry_a_prefix_and_shared_things_can_be_listed_under_every_path():
    inner = nn.Linear(1, 1, bias=False)
    model = nn.Sequential(inner, inner)
    model.register_buffer("mean", [0.0])

    def names(found):
        return [name for name, _ in found]

    assert names(model.named_parameters("net")) == ["net.0.weight"]
    assert names(model.named_parameters(recurse=False)) == []
    assert names(model.named_parameters(remove_duplicate=False)) == ["0.weight", "1.weight"]
    assert names(model.named_buffers("net", recurse=False)) == ["net.mean"]
    assert names(model.named_modules(prefix="net", remove_duplicate=False)) == ["net", "net.0", "net.1"]
    assert names(model.named_modules(memo={inner})) == [""]
    assert names(model.named_children()) == ["0"]


def test_one_module_parameter_or_buffer_is_found_by_its_path():
    model = Tree()

    assert model.get_submodule("") is model
    assert model.get_submodule("layers.1.inner") is model.layers[1]["inner"]
    assert model.get_parameter("layers.0.bias") is model.layers[0].bias
    assert model.get_buffer("cache") is model.cache
    with pytest.raises(NoAttributeError, match="Tree has no buffer at 'own'; there are: 'steps', 'cache'"):
        model.get_buffer("own")
    with pytest.raises(AttributeError, match="Linear has no module at 'weight'; there are: none"):
        nn.Linear(1, 1).get_submodule("weight")


def test_registered_members_are_attributes():
    model = nn.Module()
    model.register_parameter("w", nn.Parameter([1.0]))
    model.register_parameter("none", None)
    model.register_module("inner", nn.Linear(1, 1))
    model.add_module("nothing", None)

    assert list(model.state_dict()) == ["w", "inner.weight", "inner.bias"]
    assert model.none is None
    assert model.nothing is None


@pytest.mark.parametrize(
    ("register", "error", "words"),
    [
        (lambda m: m.register_buffer("a.b", 1.0), nn.SettingError, "'a.b' cannot be the name of an attribute"),
        (lambda m: m.register_buffer("", 1.0), nn.SettingError, "leave no name empty"),
        (lambda m: m.register_buffer(3, 1.0), nn.KindError, "3 is to be the name .* a int: give a str"),
        (
            lambda m: m.register_buffer("training", 1.0),
            nn.SettingError,
            "Module has an attribute 'training' of its own",
        ),
        (lambda m: m.register_parameter("w", ag.tensor([1.0])), nn.KindError, r"a Tensor: write nn.Parameter\(...\)"),
        (lambda m: m.register_module("inner", np.tanh), nn.KindError, "takes a module, and was given a ufunc"),
    ],
)
def test_what_cannot_be_registered_is_refused_with_words(register, error, words):
    with pytest.raises(error, match=words):
        register(nn.Module())


def test_a_buffer_that_was_replaced_by_something_else_is_noticed():
    model = Tree()
    model.cache = np.zeros(1)

    with pytest.raises(
        nn.KindError, match=r"the buffer 'cache' of Tree is a ndarray now: write into it under ag.no_grad"
    ):
        model.double()


# -- saving and loading ------------------------------------------------------------------------------------------------


def test_state_dict_loaded_into_another_model_gives_the_same_results():
    x = np.ones((3, 2), np.float32)
    one, other = Tree(), Tree()
    other.load_state_dict(one.state_dict())

    np.testing.assert_array_equal(one(x).numpy(), other(x).numpy())


def test_state_dict_is_a_copy_that_later_training_does_not_change():
    layer = nn.Linear(2, 1)
    state = layer.state_dict()
    before = state["weight"].copy()
    nn.init.zeros_(layer.weight)

    np.testing.assert_array_equal(state["weight"], before)


def test_loading_names_every_key_that_is_missing_unexpected_or_of_another_shape_and_changes_nothing():
    layer = nn.Linear(2, 3)
    before = layer.state_dict()
    bad = {"weight": np.zeros((3, 3)), "gain": np.zeros(3)}
    words = r"missing: bias\n +unexpected: gain\n +of another shape: weight is \(3, 3\), the module's is \(3, 2\)"

    with pytest.raises(nn.StateDictError, match=words):
        layer.load_state_dict(bad)
    for key, array in layer.state_dict().items():
        np.testing.assert_array_equal(array, before[key])


def test_loading_what_is_no_state_is_refused():
    with pytest.raises(nn.KindError, match=r"a dict of arrays by name, and was given a list: give what state_dict\(\)"):
        nn.Linear(1, 1).load_state_dict([1.0])


def test_loading_without_strict_reports_what_did_not_fit_but_still_refuses_other_shapes():
    layer = nn.Linear(1, 1)

    found = layer.load_state_dict({"weight": [[7.0]], "gain": 1.0}, strict=False)
    assert (found.missing_keys, found.unexpected_keys) == (["bias"], ["gain"])
    assert layer.weight.item() == 7
    with pytest.raises(nn.StateDictError, match="another shape"):
        layer.load_state_dict({"weight": [7.0]}, strict=False)


def test_loading_converts_to_the_dtype_of_the_parameter_but_not_complex_to_real():
    layer = nn.Linear(1, 1)
    layer.load_state_dict({"weight": np.array([[1.5]]), "bias": np.array([2])})

    assert layer.weight.dtype == np.float32
    with pytest.raises(nn.StateDictError, match="another kind: weight is complex128"):
        layer.load_state_dict({"weight": np.array([[1j]])}, strict=False)


def test_a_state_can_be_taken_under_a_prefix_into_another_and_as_the_parameters_themselves():
    layer, all_states = nn.Linear(1, 1), {}

    assert layer.state_dict(destination=all_states, prefix="first.") is all_states
    assert list(all_states) == ["first.weight", "first.bias"]
    assert layer.state_dict(keep_vars=True)["weight"] is layer.weight


def test_loading_by_assignment_takes_the_dtypes_of_the_arrays_but_no_other_kind():
    layer = nn.Linear(1, 1)
    layer(np.ones((1, 1))).sum().backward()
    layer.load_state_dict(nn.Linear(1, 1).double().state_dict(), assign=True)

    assert layer.weight.dtype == layer.weight.grad.dtype == np.float64
    assert isinstance(layer.weight, nn.Parameter)
    with pytest.raises(nn.StateDictError, match="another kind: bias is int64, the module's is float64"):
        layer.load_state_dict({"bias": np.array([1])}, strict=False, assign=True)


def test_a_write_by_loading_between_record_and_backward_is_noticed():
    layer = nn.Linear(2, 1)
    loss = layer(ag.tensor(np.ones((1, 2), np.float32), requires_grad=True)).sum()
    layer.load_state_dict(layer.state_dict())

    with pytest.raises(ag.errors.MutationError):
        loss.backward()


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))])
def test_a_copy_has_parameters_of_its_own_and_keeps_what_was_shared(duplicate):
    model = Tree()
    model.tied = model.layers[0].weight
    model(np.ones((1, 2), np.float32))
    twin = duplicate(model)

    assert [name for name, _ in twin.named_parameters()] == [name for name, _ in model.named_parameters()]
    assert twin.tied is twin.layers[0].weight
    assert not {id(p) for p in twin.parameters()} & {id(p) for p in model.parameters()}
    np.testing.assert_array_equal(twin.own.numpy(), model.own.numpy())


# -- changing it as a whole --------------------------------------------------------------------------------------------


def test_a_double_copy_computes_in_float64_and_leaves_the_original_alone():
    model = Tree()
    twin = copy.deepcopy(model).double()

    assert {p.dtype for p in twin.parameters()} == {np.dtype(np.float64)}
    assert {p.dtype for p in model.parameters()} == {np.dtype(np.float32)}
    assert twin.steps.dtype.kind == "i"
    assert twin(np.ones((1, 2))).dtype == np.float64


def test_conversion_takes_gradients_along_and_goes_both_ways():
    layer = nn.Linear(2, 1)
    layer(np.ones((1, 2))).sum().backward()
    layer.double()
    assert layer.weight.grad.dtype == np.float64
    layer(np.ones((1, 2))).sum().backward()

    np.testing.assert_array_equal(layer.weight.grad.numpy(), [[2.0, 2.0]])
    assert layer.half().bias.dtype == np.float16
    assert layer.float().bias.dtype == np.float32


def test_a_module_is_not_converted_to_integers():
    with pytest.raises(DTypeError, match=r"floating dtype, such as np\.float64, not to int64"):
        nn.Linear(1, 1).to(np.int64)


def test_train_and_eval_reach_every_module():
    model = Tree()
    model.eval()
    assert not any(module.training for module in model.modules())
    model.train()

    assert all(module.training for module in model.modules())


def test_a_frozen_layer_gets_no_gradient_and_can_be_thawed():
    model = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 1))
    model[0].requires_grad_(False)
    model(np.ones((1, 2))).sum().backward()
    assert [p.grad is None for p in model.parameters()] == [True, True, False, False]
    model.zero_grad()
    model.requires_grad_()
    model(np.ones((1, 2))).sum().backward()

    assert all(p.grad is not None for p in model.parameters())
    assert all(isinstance(p, nn.Parameter) for p in model.parameters())


@pytest.mark.parametrize("model", [nn.Linear(3, 2), nn.MLP(2, [3, 1])])
def test_parameters_are_frozen_one_by_one_by_an_assignment(model):
    for parameter in model.parameters():
        parameter.requires_grad = False
    assert not any(p.requires_grad for p in model.parameters())
    for parameter in model.parameters():
        parameter.requires_grad = True

    assert all(p.requires_grad and isinstance(p, nn.Parameter) for p in model.parameters())


def test_gradients_can_be_forgotten_or_filled_with_zeros():
    model = nn.Module()
    model.a, model.b, model.c = nn.Parameter([1.0]), nn.Parameter(ag.scalar(1.0)), nn.Parameter([1.0])
    (model.a * model.b * np.inf).sum().backward()
    model.zero_grad(set_to_none=False)
    assert (model.a.grad.tolist(), model.b.grad, model.c.grad) == ([0.0], 0.0, None)
    model.zero_grad()

    assert (model.a.grad, model.b.grad) == (None, None)


def test_apply_reaches_every_module_once_those_within_first():
    model = nn.Sequential(nn.Sequential(nn.Linear(1, 1), nn.ReLU()), nn.Tanh())
    model.me, order = model, []
    assert model.apply(order.append) is model

    assert order == [model[0][0], model[0][1], model[0], model[1], model]


def test_train_takes_a_flag_and_nothing_else():
    with pytest.raises(nn.KindError, match="train takes True or False, and was given a str"):
        nn.Linear(1, 1).train("yes")


# -- parameters --------------------------------------------------------------------------------------------------------


def test_a_parameter_is_a_plain_tensor_with_a_mark():
    p = nn.Parameter([[1, 2]])

    assert type(p) is ag.Tensor
    assert isinstance(p, nn.Parameter)
    assert (p.dtype, p.requires_grad) == (np.float32, True)
    assert nn.Parameter(np.array([1.0])).dtype == np.float64
    assert not isinstance(p * 1, nn.Parameter)
    assert not isinstance(p.detach(), nn.Parameter)


def test_the_mark_of_a_parameter_survives_copies_new_data_and_freezing():
    p = nn.Parameter([1.0, 2.0])
    p.data = [3.0, 4.0]
    frozen = nn.Parameter([1.0], requires_grad=False)

    for value in (
        p,
        copy.deepcopy(p),
        pickle.loads(pickle.dumps(p)),
        p.requires_grad_(False),
        frozen,
        copy.deepcopy(frozen),
    ):
        assert isinstance(value, nn.Parameter)
    assert not frozen.requires_grad


def test_integers_cannot_be_parameters():
    with pytest.raises(DTypeError, match="cannot require a gradient"):
        nn.Parameter(np.array([1, 2]))


# -- text and scopes ---------------------------------------------------------------------------------------------------


def test_the_text_of_a_module_is_its_tree():
    model = nn.Sequential(nn.Conv2d(1, 4, 3, padding=1), nn.Sequential(nn.MaxPool2d(2), nn.Dropout(0.1)), nn.Flatten())

    assert repr(model) == "\n".join([
        "Sequential(",
        "  (0): Conv2d(1, 4, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))",
        "  (1): Sequential(",
        "    (0): MaxPool2d(kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False)",
        "    (1): Dropout(p=0.1, inplace=False)",
        "  )",
        "  (2): Flatten(start_dim=1, end_dim=-1)",
        ")",
    ])  # fmt: skip


def test_the_text_of_a_sequential_lists_functions_and_repeated_steps_too():
    relu = nn.ReLU()

    assert repr(nn.Sequential(relu, np.tanh, ag.tanh, relu)) == "\n".join([
        "Sequential(",
        "  (0): ReLU()",
        "  (1): tanh",
        "  (2): tanh",
        "  (3): ReLU()",
        ")",
    ])  # fmt: skip


def test_nodes_know_the_module_that_made_them_and_parameters_their_path():
    model = Tree()
    y = model(np.ones((1, 2), np.float32))
    inner = y.node.inputs[0]

    assert (y.node.scope.path, y.node.scope.kind) == ("Tree", "Tree")
    assert (inner.scope.path, inner.scope.kind) == ("Tree.layers.1.inner", "Linear")
    assert model.layers[0].weight.name == "layers.0.weight"


def test_a_name_that_the_user_gave_is_kept():
    layer = nn.Linear(2, 1)
    layer.weight.name = "slope"
    layer(np.ones((1, 2)))

    assert (layer.weight.name, layer.bias.name) == ("slope", "bias")


def test_an_error_inside_a_module_leaves_the_scopes_as_they_were():
    model = nn.Sequential(nn.Linear(2, 2))
    with pytest.raises(ValueError, match=re.escape("(..., 2), and was given (1, 3)")):
        model(np.ones((1, 3)))

    assert (ag.tensor([1.0], requires_grad=True) * 2).node.scope is None


def test_a_module_without_forward_says_what_to_write():
    with pytest.raises(NotImplementedError, match=r"Module has no forward method: write `def forward\(self, x\)"):
        nn.Module()(1.0)


@pytest.mark.parametrize("value", [np.zeros((1, 2), np.float32), ag.tensor([[0.0, 0.0]]), 0.0])
def test_a_parameter_gives_way_to_parameters_and_none_only(value):
    layer, other = nn.Linear(2, 1), nn.Linear(2, 1)
    with pytest.raises(
        KindError, match=r"'weight' of Linear is a parameter.*write nn.Parameter.*weight\[...\] = values"
    ):
        layer.weight = value
    layer.weight, layer.bias = other.weight, None

    assert [p is other.weight for p in layer.parameters()] == [True]


def test_a_module_is_moved_to_no_device():
    with pytest.raises(DTypeError, match="not to 'cuda'; there are no devices"):
        nn.Linear(1, 1).to("cuda")
