"""A smooth falling curve over the memory size, to which means are drawn as far as the data agree with it.

The curve is a sum of falling functions with weights that are not negative; how far a size may stand off
is estimated from how far the means do, beyond their own errors.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from platform_cli.operate.tuning.statistics import Matrix, nonnegative_fit, solve
from platform_cli.operate.tuning.workloads import ONE_CPU_MB

# Chosen on the families for development; see docs/tuning.md.
_MISFIT = 0.04
_MISFIT_FREEDOM = 3.0


def columns(sizes: Sequence[int]) -> list[list[float]]:
    """The functions that the curve is a sum of, by size: a constant, and three that fall."""
    return [
        [1.0] * len(sizes),
        [ONE_CPU_MB / min(m, ONE_CPU_MB) for m in sizes],
        [ONE_CPU_MB / m for m in sizes],
        [(ONE_CPU_MB / m) ** 2 for m in sizes],
    ]


def smooth(
    sizes: Sequence[int], means: Sequence[float], relative: Sequence[float]
) -> tuple[list[float], Matrix]:
    """Means drawn towards a falling curve as far as the data allow; the covariance of their logarithms."""
    number = len(sizes)
    if number < 4:
        return list(means), [
            [relative[i] ** 2 if i == j else 0.0 for j in range(number)] for i in range(number)
        ]
    basis = columns(sizes)
    misfit = _MISFIT**2
    fitted, active = _fit(basis, means, relative, misfit)
    freedom = number - len(active)
    if freedom > 0:
        standing = [math.log(m / f) for m, f in zip(means, fitted, strict=True)]
        seen = sum(r * r - e * e for r, e in zip(standing, relative, strict=True)) * number / freedom / number
        misfit = (_MISFIT_FREEDOM * _MISFIT**2 + freedom * max(0.0, seen)) / (_MISFIT_FREEDOM + freedom)
        fitted, active = _fit(basis, means, relative, misfit)
    draw = [misfit / (misfit + e * e) for e in relative]
    drawn = [f * math.exp(k * math.log(m / f)) for f, m, k in zip(fitted, means, draw, strict=True)]
    return drawn, _covariance([basis[c] for c in active], fitted, relative, misfit, draw)


def _fit(
    columns: list[list[float]], means: Sequence[float], relative: Sequence[float], misfit: float
) -> tuple[list[float], list[int]]:
    weights = [1 / (m * m * (e * e + misfit)) for m, e in zip(means, relative, strict=True)]
    found = nonnegative_fit(columns, means, weights)
    active = [i for i, coefficient in enumerate(found) if coefficient > 0]
    fitted = [
        max(1e-6, sum(c * column[i] for c, column in zip(found, columns, strict=True)))
        for i in range(len(means))
    ]
    return fitted, active


def _covariance(
    columns: list[list[float]],
    fitted: Sequence[float],
    relative: Sequence[float],
    misfit: float,
    draw: Sequence[float],
) -> Matrix:
    """Of the errors `L(truth's misfit + noise) − misfit`, with `L` the smoother, in logarithms."""
    number = len(fitted)
    scaled = [[x / f for x, f in zip(column, fitted, strict=True)] for column in columns]
    weights = [1 / (e * e + misfit) for e in relative]
    gram = [
        [sum(w * a * b for w, a, b in zip(weights, one, other, strict=True)) for other in scaled]
        for one in scaled
    ]
    hat: Matrix = [[0.0] * number for _ in range(number)]
    for j in range(number):
        solved = solve(gram, [column[j] * weights[j] for column in scaled])
        if solved is None:
            continue
        for i in range(number):
            hat[i][j] = sum(column[i] * s for column, s in zip(scaled, solved, strict=True))
    smoother = [
        [(draw[i] if i == j else 0.0) + (1 - draw[i]) * hat[i][j] for j in range(number)]
        for i in range(number)
    ]
    missing = [[smoother[i][j] - (1.0 if i == j else 0.0) for j in range(number)] for i in range(number)]
    return [
        [
            sum(
                misfit * missing[i][k] * missing[j][k] + smoother[i][k] * smoother[j][k] * relative[k] ** 2
                for k in range(number)
            )
            for j in range(number)
        ]
        for i in range(number)
    ]
