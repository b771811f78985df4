"""Losses: every setting, weights and reductions, targets of all kinds."""

from __future__ import annotations

from typing import Any

import numpy as np

from .cases import Case, Random, configurations, maybe, one


def shape_of(random: Random) -> tuple[int, ...]:
    return one(random, (5,), (2, 3), (2, 3, 4))


def reduction(random: Random, *more: str) -> dict[str, Any]:
    return maybe(random, reduction=one(random, "mean", "sum", "none", *more))


def signs(random: Random, shape: tuple[int, ...]) -> np.ndarray:
    return random.choice([-1.0, 1.0], shape)


@configurations("L1Loss", "MSELoss", "functional.l1_loss", "functional.mse_loss")
def plain(name: str, random: Random) -> Case:
    x, t = random.standard_normal((2, *shape_of(random)))
    t = np.where(random.random(t.shape) < 0.1, x, t)
    return Case((x, t), settings=reduction(random))


@configurations("HuberLoss", "functional.huber_loss")
def huber(name: str, random: Random) -> Case:
    x, t = 2 * random.standard_normal((2, *shape_of(random)))
    return Case((x, t), settings={**reduction(random), **maybe(random, delta=random.uniform(0.2, 2))})


@configurations("SmoothL1Loss", "functional.smooth_l1_loss")
def smooth(name: str, random: Random) -> Case:
    x, t = 2 * random.standard_normal((2, *shape_of(random)))
    return Case((x, t), settings={**reduction(random), **maybe(random, beta=one(random, 0.0, 0.3, 2.0))})


@configurations("BCELoss", "functional.binary_cross_entropy")
def cross_entropy_of_probabilities(name: str, random: Random) -> Case:
    x, t = random.random((2, *shape_of(random)))
    return Case((x, t), settings={**reduction(random), **maybe(random, weight=random.random(x.shape[-1:]))})


@configurations("BCEWithLogitsLoss", "functional.binary_cross_entropy_with_logits")
def cross_entropy_of_logits(name: str, random: Random) -> Case:
    x = 3 * random.standard_normal(shape_of(random))
    weights = maybe(random, weight=random.random(x.shape[-1:]), pos_weight=random.random(x.shape[-1:]))
    return Case((x, random.random(x.shape)), settings={**reduction(random), **weights})


@configurations("SoftMarginLoss", "functional.soft_margin_loss")
def soft_margin(name: str, random: Random) -> Case:
    x = 3 * random.standard_normal(shape_of(random))
    return Case((x, signs(random, x.shape)), settings=reduction(random), constant=(1,))


@configurations("KLDivLoss", "functional.kl_div")
def divergence(name: str, random: Random) -> Case:
    x, t = np.log(random.dirichlet(np.ones(4), (2, 3)))
    logarithms = random.random() < 0.5
    t = t if logarithms else np.where(random.random(t.shape) < 0.2, 0, np.exp(t))
    return Case(
        (x, t),
        settings={**reduction(random, "batchmean"), **({"log_target": True} if logarithms else {})},
        constant=() if logarithms else (1,),
    )


@configurations("PoissonNLLLoss", "functional.poisson_nll_loss")
def poisson(name: str, random: Random) -> Case:
    x = random.standard_normal(shape_of(random))
    settings = {**reduction(random), **maybe(random, full=True, eps=1e-6)}
    if random.random() < 0.5:
        x, settings["log_input"] = np.exp(x), False
    return Case((x, random.poisson(2.0, x.shape).astype(float)), settings=settings, constant=(1,))


@configurations("GaussianNLLLoss", "functional.gaussian_nll_loss")
def gaussian(name: str, random: Random) -> Case:
    x, t = random.standard_normal((2, 3, 4))
    var = random.random(one(random, (3, 4), (3, 1), (3,))) * (random.random() < 0.8)
    return Case((x, t, var), settings={**reduction(random), **maybe(random, full=True, eps=1e-3)})


@configurations("CrossEntropyLoss", "functional.cross_entropy")
def classes_by_scores(name: str, random: Random) -> Case:
    shape = one(random, (5, 3), (3,), (2, 3, 4))
    x = 2 * random.standard_normal(shape)
    settings = {**reduction(random), **maybe(random, weight=random.random(3) + 0.1, label_smoothing=0.2)}
    if random.random() < 0.3 and len(shape) == 2:
        return Case((x, random.dirichlet(np.ones(3), 5)), settings=settings)
    places = shape[:1] + shape[2:] if len(shape) > 1 else ()
    settings.update(maybe(random, ignore_index=1) if places else {})
    return Case((x, random.integers(0, 3, places)), settings=settings)


@configurations("NLLLoss", "functional.nll_loss")
def classes_by_logarithms(name: str, random: Random) -> Case:
    shape = one(random, (5, 3), (3,), (2, 3, 4))
    target = random.integers(0, 3, shape[:1] + shape[2:] if len(shape) > 1 else ())
    settings = {**reduction(random), **maybe(random, weight=random.random(3) + 0.1)}
    if np.ndim(target):
        settings.update(maybe(random, ignore_index=1))
    return Case((-random.random(shape), np.asarray(target)), settings=settings)


@configurations("MultiMarginLoss", "functional.multi_margin_loss")
def multi_margin(name: str, random: Random) -> Case:
    shape = one(random, (5, 3), (3,))
    settings = maybe(random, p=2, margin=random.uniform(0.3, 2), weight=random.random(3))
    target = np.asarray(random.integers(0, 3, shape[:-1]))
    return Case((random.standard_normal(shape), target), settings={**reduction(random), **settings})


@configurations("MultiLabelMarginLoss", "functional.multilabel_margin_loss")
def multi_label_margin(name: str, random: Random) -> Case:
    shape = one(random, (3, 5), (5,))
    target = random.permuted(np.tile(np.arange(5), (*shape[:-1], 1)), axis=-1)
    target[random.random(shape) < 0.3] = -1
    return Case((random.standard_normal(shape), target), settings=reduction(random))


@configurations("MultiLabelSoftMarginLoss", "functional.multilabel_soft_margin_loss")
def multi_label_soft_margin(name: str, random: Random) -> Case:
    x = 3 * random.standard_normal((3, 5))
    target = random.integers(0, 2, x.shape).astype(float)
    return Case((x, target), settings={**reduction(random), **maybe(random, weight=random.random(5))})


@configurations("HingeEmbeddingLoss", "functional.hinge_embedding_loss")
def hinge(name: str, random: Random) -> Case:
    x = random.standard_normal(shape_of(random))
    return Case((x, signs(random, x.shape)), settings={**reduction(random), **maybe(random, margin=0.3)})


@configurations("CosineEmbeddingLoss", "functional.cosine_embedding_loss")
def cosine(name: str, random: Random) -> Case:
    shape = one(random, (4, 3), (3,))
    a, b = random.standard_normal((2, *shape))
    target = np.asarray(signs(random, shape[:-1]))
    return Case((a, b, target), settings={**reduction(random), **maybe(random, margin=random.uniform(-0.5, 0.5))})


@configurations("MarginRankingLoss", "functional.margin_ranking_loss")
def ranking(name: str, random: Random) -> Case:
    a, b = random.standard_normal((2, 6))
    return Case((a, b, signs(random, (6,))), settings={**reduction(random), **maybe(random, margin=0.4)})


@configurations("TripletMarginLoss", "functional.triplet_margin_loss", "TripletMarginWithDistanceLoss",
                "functional.triplet_margin_with_distance_loss")  # fmt: skip
def triplets(name: str, random: Random) -> Case:
    settings = {**reduction(random), **maybe(random, margin=random.uniform(0.3, 2), swap=True)}
    if "istance" not in name:
        settings.update(maybe(random, p=one(random, 1.0, 3.0), eps=1e-4))
    return Case(tuple(random.standard_normal((3, 4, 3))), settings=settings)


def behind_log_softmax(vocabulary: Any, loss: Any, scores: Any, *others: Any) -> Any:
    """The loss of what log_softmax gives: their derivative is right only there."""
    return loss(vocabulary.functional.log_softmax(scores, -1), *others)


@configurations("CTCLoss")
def sequences(name: str, random: Random) -> Case:
    steps, examples, classes = random.integers(6, 10), random.integers(1, 4), 4
    settings = {**reduction(random), **maybe(random, blank=2, zero_infinity=True)}
    labels = np.delete(np.arange(classes), settings.get("blank", 0))
    lengths = random.integers(0, 4, examples)
    x = random.standard_normal((steps, examples, classes))
    targets = random.choice(labels, (examples, 4))
    if random.random() < 0.5:
        targets = np.concatenate([row[:n] for row, n in zip(targets, lengths, strict=True)])
    inputs = x, targets, random.integers(2 if "zero_infinity" in settings else 6, steps + 1, examples), lengths
    return Case(inputs, settings=settings, through=behind_log_softmax)
