"""Stories: small models learn."""

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core.errors import ShapeError

XOR = [([0.0, 0.0], 0.0), ([0.0, 1.0], 1.0), ([1.0, 0.0], 1.0), ([1.0, 1.0], 0.0)]


def test_a_net_of_scalars_learns_xor():
    net = nn.MLP(2, [4, 1], generator=0)
    optimizer = nn.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
    for _ in range(150):
        loss = sum((net(x) - y) ** 2 for x, y in XOR)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    assert loss.item() < 0.01
    assert [round(net(x).item()) for x, _ in XOR] == [0, 1, 1, 0]


def test_a_net_of_scalars_can_be_trained_by_hand():
    net = nn.MLP(2, [4, 1], activation="relu", generator=1)
    losses = []
    for _ in range(50):
        loss = sum((net(x) - y) ** 2 for x, y in XOR)
        net.zero_grad()
        loss.backward()
        for p in net.parameters():
            p.data -= 0.05 * p.grad
        losses.append(loss.item())

    assert losses[-1] < losses[0] / 2


@pytest.mark.parametrize("activation", ["tanh", "relu", "sigmoid", "linear"])
def test_a_neuron_of_scalars_is_a_linear_layer(activation):
    neuron = nn.Neuron(3, activation=activation, generator=0)
    *w, b = [p.data for p in neuron.parameters()]
    x = [0.5, -1.0, 2.0]
    z = np.dot(w, x) + b
    expected = {"tanh": np.tanh(z), "relu": max(z, 0), "sigmoid": 1 / (1 + np.exp(-z)), "linear": z}[activation]

    np.testing.assert_allclose(neuron(x).item(), expected)
    np.testing.assert_allclose(neuron(np.array(x)).item(), expected)
    np.testing.assert_allclose(neuron([ag.scalar(v) for v in x]).item(), expected)


def test_the_last_layer_of_an_mlp_is_linear_and_a_single_output_is_bare():
    net = nn.MLP(2, [3, 2])

    assert [neuron.activation for layer in net.layers for neuron in layer.neurons] == ["tanh"] * 3 + ["linear"] * 2
    assert isinstance(net([1.0, 2.0]), list)
    assert isinstance(nn.MLP(2, [3, 1])([1.0, 2.0]), ag.Scalar)
    assert [p.name for p in net.layers[0].neurons[0].parameters()] == ["w1", "w2", "b"]


def test_a_neuron_refuses_another_number_of_inputs():
    with pytest.raises(ShapeError, match="takes 2 inputs, and was given 3: make it with inputs=3"):
        nn.Neuron(2)([1.0, 2.0, 3.0])
    with pytest.raises(nn.KindError, match=r"takes 1 inputs in a list, and was given a float: write \[x\]"):
        nn.Neuron(1)(3.0)


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (
            lambda: nn.Neuron(2, "sin"),
            nn.SettingError,
            "activation is 'sin': choose among 'tanh', 'relu', 'sigmoid', 'arctan'",
        ),
        (lambda: nn.Neuron(-1), nn.SettingError, "Neuron: inputs is -1: give a whole number of at least 0"),
        (lambda: nn.Layer(2, 1.0), nn.KindError, "Layer: outputs is 1.0, a float: give a whole number"),
        (
            lambda: nn.MLP(2, 3),
            nn.KindError,
            r"MLP: sizes is 3: give one number of neurons per layer, as in \[4, 4, 1\]",
        ),
    ],
)
def test_neurons_refuse_settings_with_words(make, error, words):
    with pytest.raises(error, match=words):
        make()


def test_a_convolutional_net_learns_which_way_a_line_runs():
    random = np.random.default_rng(0)
    labels, places = random.integers(2, size=200), random.integers(6, size=200)
    images = random.normal(0, 0.1, (200, 1, 6, 6))
    for image, label, place in zip(images[:, 0], labels, places, strict=True):
        (image if label else image.T)[place] += 1
    nn.manual_seed(0)
    model = nn.Sequential(
        nn.Conv2d(1, 4, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Dropout(0.1), nn.Linear(16, 2)
    )
    optimizer, loss_of = nn.optim.Adam(model.parameters(), lr=0.01), nn.CrossEntropyLoss()
    for _ in range(15):
        for x, y in nn.data.DataLoader(nn.data.TensorDataset(images, labels), batch_size=20, shuffle=True):
            optimizer.zero_grad()
            loss_of(model(x), y).backward()
            optimizer.step()
    model.eval()
    with ag.no_grad():
        guesses = np.argmax(model(images).numpy(), axis=1)

    assert np.mean(guesses == labels) > 0.97


def test_training_in_two_halves_with_saved_states_is_training_in_one():
    x, y = np.random.default_rng(0).normal(size=(2, 8, 3))

    def trained(interrupted):
        nn.manual_seed(0)
        model = nn.Linear(3, 3)
        optimizer = nn.optim.Adam(model.parameters(), lr=0.1)
        for step in range(6):
            if interrupted and step == 3:
                states = model.state_dict(), optimizer.state_dict()
                model = nn.Linear(3, 3)
                optimizer = nn.optim.Adam(model.parameters())
                model.load_state_dict(states[0])
                optimizer.load_state_dict(states[1])
            optimizer.zero_grad()
            nn.MSELoss()(model(x), y).backward()
            optimizer.step()
        return model.weight.numpy()

    np.testing.assert_array_equal(trained(interrupted=False), trained(interrupted=True))
