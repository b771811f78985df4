"""Random programs of views, writes and derivatives, against NumPy arrays that carry their derivatives along.

The naive twin of a value is an array and its Jacobian by the leaf, which share memory as NumPy's views do. A write that is
recorded changes both, one that is not (under no_grad, through a detached value) only the array. What `backward` passes it frees,
unless the graph is retained: a second walk through it is refused.
"""

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, multiple, rule

import autograd_core as ag
from autograd_core.errors import GradientError, MutationError

SIZE = 6
SMOOTH = {
    "sin": (np.sin, np.cos),
    "half": (lambda a: a * 0.5, lambda a: 0.5 + 0 * a),
    "square": (lambda a: a * a, lambda a: 2 * a),
}
VIEWS = {
    "first": lambda a: a[:1], "rest": lambda a: a[1:], "mirrored": lambda a: a[::-1], "every other": lambda a: a[::2],
    "row": lambda a: a[0], "new axis": lambda a: a[None], "all": lambda a: a[...],
}  # fmt: skip
PLACES = {
    "first": 0,
    "rest": slice(1, None),
    "mirrored": slice(None, None, -1),
    "all": ...,
    "picked": [0, 0],
    "last": -1,
}
AUGMENTED = {
    "+=": lambda a, b: a.__iadd__(b), "*=": lambda a, b: a.__imul__(b), "-=": lambda a, b: a.__isub__(b),
}  # fmt: skip


class Twin:
    """A value, and what NumPy makes of it."""

    def __init__(self, tensor, array, jacobian):
        self.tensor, self.array, self.jacobian = tensor, array, jacobian

    @property
    def ndim(self):
        return np.ndim(self.array)


def stretched(jacobian, shape):
    """A Jacobian for a value that was broadcast."""
    lead = jacobian.shape[:-1]
    return np.broadcast_to(jacobian.reshape((1,) * (len(shape) - len(lead)) + jacobian.shape), (*shape, SIZE))


def passed_by(tensor):
    """The calls that a walk back from a value goes through."""
    found, left = set(), [tensor.node]
    while left:
        node = left.pop()
        if node is not None and node.requires_grad and not node.is_leaf and node not in found:
            found.add(node)
            left.extend(node.parents)
    return found


class Programs(RuleBasedStateMachine):
    values = Bundle("values")

    @initialize(target=values)
    def start(self):
        self.all = []
        self.silent_writes = False
        self.gradient = None
        self.freed, self.entered = set(), set()  # what walks have passed, and what refused ones may have
        data = np.linspace(-0.9, 1.1, SIZE).reshape(2, 3)
        self.leaf = ag.tensor(data, requires_grad=True)
        return multiple(
            self.known(self.leaf, data.copy(), np.eye(SIZE).reshape(2, 3, SIZE)),
            self.known(self.leaf * 1.0, data.copy(), np.eye(SIZE).reshape(2, 3, SIZE)),
            self.known(ag.tensor(np.zeros((2, 3))), np.zeros((2, 3)), np.zeros((2, 3, SIZE))),
        )

    def known(self, tensor, array, jacobian):
        twin = Twin(tensor, array, jacobian)
        self.all.append(twin)
        return twin

    def attempt(self, act, asked):
        """Whether a write is done; where it is refused, nothing may have changed."""
        try:
            act()
        except MutationError:
            return False
        return True

    # -- new values --------------------------------------------------------------------------------------------------

    @rule(target=values, a=values, name=st.sampled_from(sorted(SMOOTH)))
    def compute(self, a, name):
        f, slope = SMOOTH[name]
        jacobian = np.asarray(slope(a.array))[..., None] * a.jacobian
        return self.known(f(a.tensor), f(a.array), jacobian)

    @rule(target=values, a=values, b=values)
    def combine(self, a, b):
        try:
            shape = np.broadcast_shapes(np.shape(a.array), np.shape(b.array))
        except ValueError:
            return multiple()
        jacobian = np.asarray(b.array)[..., None] * stretched(a.jacobian, shape)
        jacobian = jacobian + np.asarray(a.array)[..., None] * stretched(b.jacobian, shape)
        return self.known(a.tensor * b.tensor, a.array * b.array, jacobian)

    @rule(target=values, a=values, name=st.sampled_from(sorted(VIEWS)))
    def view(self, a, name):
        if not a.ndim or (name == "row" and not len(a.array)) or a.ndim > 3:
            return multiple()
        f = VIEWS[name]
        array = f(a.array)
        jacobian = f(a.jacobian) if np.ndim(array) else np.array(f(a.jacobian))
        return self.known(f(a.tensor), array, jacobian)

    @rule(target=values, a=values)
    def transposed(self, a):
        if a.ndim < 2:
            return multiple()
        return self.known(a.tensor.T, a.array.T, np.moveaxis(a.jacobian.T, 0, -1))

    @rule(target=values, a=values)
    def detached(self, a):
        return self.known(a.tensor.detach(), a.array, np.zeros(a.jacobian.shape))

    # -- writes ------------------------------------------------------------------------------------------------------

    def write(self, a, index, value, array, jacobian, recorded):
        """a[index] = value, on both sides."""

        def act():
            with ag.set_grad_enabled(recorded):
                a.tensor[index] = value

        try:
            spot = a.array[index]
            np.broadcast_to(array, np.shape(spot))
        except (IndexError, ValueError):
            return
        seen = recorded and (a.tensor.requires_grad or getattr(value, "requires_grad", False))
        if not self.attempt(act, "setitem"):
            return
        old = np.array(array)  # the value may be a view of what is written
        moved = stretched(jacobian, np.shape(spot)).copy() if seen else None
        a.array[index] = old
        if seen:
            a.jacobian[index] = moved
        else:
            self.silent_writes = True

    @rule(a=values, b=values, place=st.sampled_from(sorted(PLACES)), recorded=st.booleans())
    def assign(self, a, b, place, recorded):
        if a.ndim:
            self.write(a, PLACES[place], b.tensor, b.array, b.jacobian, recorded)

    @rule(a=values, number=st.floats(-1, 1), place=st.sampled_from(sorted(PLACES)), recorded=st.booleans())
    def assign_numbers(self, a, number, place, recorded):
        if a.ndim and (recorded or place != "picked"):
            buffer = np.array(number)
            self.write(a, PLACES[place], buffer, np.array(number), np.zeros(SIZE), recorded)
            buffer[...] = 100.0  # the buffer is used again

    def augment(self, a, name, other, array, jacobian, recorded):
        if np.ndim(array) > a.ndim:
            return
        try:
            if np.broadcast_shapes(np.shape(a.array), np.shape(array)) != np.shape(a.array):
                return
        except ValueError:
            return
        seen = recorded and (a.tensor.requires_grad or getattr(other, "requires_grad", False))
        result = []

        def act():
            with ag.set_grad_enabled(recorded):
                result.append(AUGMENTED[name](a.tensor, other))

        if not self.attempt(act, name):
            return
        b, old = np.array(array), np.array(a.array)
        t = stretched(jacobian, old.shape).copy()
        new, slope = {
            "+=": (old + b, a.jacobian + t),
            "-=": (old - b, a.jacobian - t),
            "*=": (old * b, np.asarray(b)[..., None] * a.jacobian + np.asarray(old)[..., None] * t),
        }[name]
        if isinstance(a.array, np.generic):  # a number: the handle stays, the name is given a new one
            a.tensor, a.array = result[0], new[()]
            a.jacobian = slope if seen else np.zeros(SIZE)
            return
        assert result[0] is a.tensor
        a.array[...] = new
        if seen:
            a.jacobian[...] = slope
        else:
            self.silent_writes = True

    @rule(a=values, b=values, name=st.sampled_from(sorted(AUGMENTED)), recorded=st.booleans())
    def augment_by_a_value(self, a, b, name, recorded):
        self.augment(a, name, b.tensor, b.array, b.jacobian, recorded)

    @rule(a=values, number=st.floats(-1, 1), name=st.sampled_from(sorted(AUGMENTED)), recorded=st.booleans())
    def augment_by_a_number(self, a, number, name, recorded):
        self.augment(a, name, number, number, np.zeros(SIZE), recorded)

    @rule(
        a=values, name=st.sampled_from(sorted(AUGMENTED)), place=st.sampled_from(["first", "rest", "mirrored", "last"])
    )
    def augment_a_part(self, a, name, place):
        """a[index] += a[index], as it is written."""
        if not a.ndim or not len(a.array[PLACES["rest"]]):
            return
        index = PLACES[place]

        def act():
            part = a.tensor[index] * 0.5
            a.tensor[index] = AUGMENTED[name](a.tensor[index], part)

        seen = a.tensor.requires_grad
        if not self.attempt(act, name):
            return
        old, t = np.array(a.array[index]), np.array(a.jacobian[index])
        new, slope = {
            "+=": (old + old * 0.5, t + t * 0.5),
            "-=": (old - old * 0.5, t - t * 0.5),
            "*=": (old * old * 0.5, old[..., None] * t),
        }[name]
        a.array[index] = new
        if seen:
            a.jacobian[index] = slope
        else:
            self.silent_writes = True

    @rule(target=values, a=consumes(values))
    def forget(self, a):
        if a.tensor is self.leaf:
            return a
        self.all.remove(a)
        a.tensor = a.array = a.jacobian = None
        return multiple()

    # -- what accumulates --------------------------------------------------------------------------------------------

    @rule(a=values, retain=st.sampled_from([True, True, False, None]))
    def walk_back(self, a, retain):
        """backward adds to the leaf's gradient, or, refused, leaves it as it was."""
        if not a.tensor.requires_grad:
            return
        passed = passed_by(a.tensor)
        try:
            np.sum(a.tensor).backward(retain_graph=retain)
        except MutationError:
            assert self.silent_writes
            return
        except GradientError:
            assert passed & (self.freed | self.entered)
            if not retain:
                self.entered |= passed
            return
        assert not passed & self.freed
        if not retain:
            self.freed |= passed
        slope = np.sum(a.jacobian.reshape(-1, SIZE), axis=0).reshape(2, 3)
        self.gradient = slope if self.gradient is None else self.gradient + slope

    @rule(a=values)
    def walk_back_twice(self, a):
        """A second walk is refused where the first one freed anything, and adds the same again where it did not."""
        for _ in range(2):
            self.walk_back(a, False)

    @rule()
    def clear(self):
        self.leaf.grad = self.gradient = None

    @invariant()
    def the_gradient_is_the_sum_of_all_walks(self):
        if getattr(self, "gradient", None) is None:
            assert not hasattr(self, "leaf") or self.leaf.grad is None
        else:
            size = max(1.0, np.max(np.abs(self.gradient)))
            np.testing.assert_allclose(self.leaf.grad.data, self.gradient, rtol=1e-9, atol=1e-9 * size)

    # -- what must hold ----------------------------------------------------------------------------------------------

    @rule(a=values)
    def differentiate(self, a):
        weights = np.cos(np.arange(np.size(a.array), dtype=float)).reshape(np.shape(a.array))
        expected = np.tensordot(weights, a.jacobian, np.ndim(weights)).reshape(2, 3)
        if not a.tensor.requires_grad:
            assert not np.any(expected)
            return
        try:
            found = ag.gradients(np.sum(a.tensor * weights), self.leaf)
        except MutationError:
            assert self.silent_writes
            return
        except GradientError:
            assert passed_by(a.tensor) & (self.freed | self.entered)
            return
        assert not passed_by(a.tensor) & self.freed
        np.testing.assert_allclose(found.data, expected, rtol=1e-9, atol=1e-9 * max(1.0, np.max(np.abs(expected))))

    def teardown(self):
        """However a program ends, every value it leaves is differentiated, in both ways."""
        for twin in getattr(self, "all", ()):
            self.differentiate(twin)
            self.walk_back(twin, True)
            self.the_gradient_is_the_sum_of_all_walks()

    @invariant()
    def values_are_numpys(self):
        for twin in getattr(self, "all", ()):
            assert twin.tensor.shape == np.shape(twin.array)
            np.testing.assert_array_equal(twin.tensor.data, twin.array)


TestPrograms = Programs.TestCase
TestPrograms.settings = settings(stateful_step_count=25)
