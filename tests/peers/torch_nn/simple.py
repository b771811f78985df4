"""Embeddings, bilinear layers, distances, shapes."""

from __future__ import annotations

import numpy as np

from .cases import Case, Random, configurations, maybe, one


@configurations("Bilinear")
def bilinear(name: str, random: Random) -> Case:
    n, m, k = random.integers(1, 5, 3).tolist()
    leading = one(random, (), (3,), (2, 3))
    inputs = random.standard_normal((*leading, n)), random.standard_normal((*leading, m))
    return Case(inputs, (n, m, k), maybe(random, bias=False))


@configurations("functional.bilinear")
def bilinear_function(name: str, random: Random) -> Case:
    n, m, k = random.integers(1, 5, 3).tolist()
    leading = one(random, (3,), (2, 3))
    inputs = (
        random.standard_normal((*leading, n)),
        random.standard_normal((*leading, m)),
        random.standard_normal((k, n, m)),
    )
    return Case((*inputs, random.standard_normal(k)) if random.random() < 0.5 else inputs)


@configurations("Identity")
def identity(name: str, random: Random) -> Case:
    return Case((random.standard_normal((2, 3)),), (4,), maybe(random, bias=False))


@configurations("Flatten")
def flatten(name: str, random: Random) -> Case:
    return Case(
        (random.standard_normal((2, 3, 1, 2)),),
        (),
        maybe(random, start_dim=one(random, 0, 1, -3), end_dim=one(random, 2, -1, 1)),
    )


@configurations("Unflatten")
def unflatten(name: str, random: Random) -> Case:
    dim, sizes = one(random, (1, (2, 3)), (-2, (-1, 2)), (0, (1, -1, 1)), (2, [2]))
    return Case((random.standard_normal((3, 6, 2)),), (dim, sizes))


def table_settings(random: Random, rows: int) -> dict:
    """The settings that both embeddings have."""
    return maybe(
        random,
        padding_idx=int(random.integers(-rows, rows)),
        max_norm=float(random.uniform(0.5, 2)),
        norm_type=one(random, 1.0, 2.0, 3.0),
        scale_grad_by_freq=True,
    )


@configurations("Embedding")
def embedding(name: str, random: Random) -> Case:
    rows, features = random.integers(1, 6, 2).tolist()
    settings = table_settings(random, rows) | maybe(
        random, _freeze=True, _weight=random.standard_normal((rows, features))
    )
    return Case((random.integers(rows, size=one(random, (), (4,), (2, 5), (0, 2))),), (rows, features), settings)


@configurations("functional.embedding")
def embedding_function(name: str, random: Random) -> Case:
    rows = int(random.integers(1, 6))
    index = random.integers(rows, size=one(random, (4,), (2, 5)))
    settings = table_settings(random, rows)
    settings.pop("max_norm", None)  # which PyTorch does to leaves without gradient only
    return Case((index, random.standard_normal((rows, 3))), (), settings)


def bags(random: Random, rows: int) -> tuple[np.ndarray, dict]:
    """Numbers in bags, and what is given with them."""
    if random.random() < 0.4:
        index = random.integers(rows, size=(3, int(random.integers(1, 5))))
        return index, {}
    index = random.integers(rows, size=int(random.integers(0, 9)))
    offsets = np.sort(np.concatenate([[0], random.integers(0, len(index) + 1, 3)]))
    return index, {"offsets": offsets}


@configurations("EmbeddingBag", "functional.embedding_bag")
def embedding_bag(name: str, random: Random) -> Case:
    rows, features = random.integers(1, 6, 2).tolist()
    settings = table_settings(random, rows) | {"mode": one(random, "sum", "mean", "max")}
    index, options = bags(random, rows)
    settings.pop(
        "scale_grad_by_freq", None
    )  # PyTorch divides by the count of another number: bags [[0, 0, 1]] give 1's row 1/2
    if settings["mode"] == "sum" and random.random() < 0.5:
        options["per_sample_weights"] = random.standard_normal(index.shape)
    if "offsets" in options and random.random() < 0.5:
        settings["include_last_offset"] = True
        options["offsets"] = np.append(options["offsets"], len(index))
    if name == "EmbeddingBag":
        return Case((index,), (rows, features), settings, options)
    settings.pop("max_norm", None)
    return Case((index, random.standard_normal((rows, features))), (), settings | options)


@configurations("functional.one_hot")
def one_hot(name: str, random: Random) -> Case:
    rows = int(random.integers(1, 6))
    return Case((random.integers(rows, size=one(random, (), (4,), (2, 3))),), (), maybe(random, num_classes=rows + 1))


@configurations("CosineSimilarity", "functional.cosine_similarity")
def cosine(name: str, random: Random) -> Case:
    shapes = one(random, [(2, 3), (2, 3)], [(2, 3, 4), (3, 1)], [(4, 3), (3,)])
    settings = maybe(random, dim=one(random, -1, 1, -2), eps=float(random.uniform(1e-8, 1e-3)))
    if name == "CosineSimilarity" and random.random() < 0.2:
        shapes = [(2, 3), (2, 3)]
    return Case(tuple(random.standard_normal(shape) for shape in shapes), (), settings)


@configurations("PairwiseDistance", "functional.pairwise_distance")
def distance(name: str, random: Random) -> Case:
    shapes = one(random, [(2, 3), (2, 3)], [(2, 3, 4), (4,)], [(3,), (3,)], [(4, 3), (1, 3)])
    settings = maybe(
        random, p=one(random, 1.0, 2.0, 3.0, 0.5, float("inf"), 4.0), eps=float(random.uniform(0, 1)), keepdim=True
    )
    return Case(tuple(random.standard_normal(shape) for shape in shapes), (), settings)


@configurations("functional.pdist")
def pairs(name: str, random: Random) -> Case:
    # of no rows PyTorch's backward ends the process
    x = random.standard_normal((int(random.integers(1, 5)), int(random.integers(1, 4))))
    if len(x) > 2 and random.random() < 0.3:
        x[1] = x[0]
    return Case((x,), (), maybe(random, p=one(random, 1.0, 2.0, 3.0, 1.5, float("inf"))))


@configurations("functional.normalize")
def normalize(name: str, random: Random) -> Case:
    x = random.standard_normal((3, 4, 2))
    if random.random() < 0.3:
        x[1] = 0
    return Case(
        (x,), (), maybe(random, p=one(random, 1.0, 2.0, 3.0, float("inf")), dim=one(random, -1, 1, (0, 2)), eps=0.1)
    )
