"""Statistics on few numbers, in plain Python.

Numbers of a run are tens to hundreds, matrices at most sixteen wide; nothing here needs a library.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import combinations
from statistics import NormalDist

Matrix = list[list[float]]


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which a share lies, interpolated (Hyndman and Fan's type 7)."""
    ordered = sorted(values)
    at = share * (len(ordered) - 1)
    low = math.floor(at)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (at - low)


def trimmed_mean(values: Sequence[float], cut: float = 0.2) -> float:
    """The mean without a share of the smallest and of the largest."""
    ordered = sorted(values)
    drop = cut * len(ordered)
    whole = math.floor(drop)
    if 2 * whole >= len(ordered):
        return quantile(values, 0.5)
    # What is cut of a fraction of a value makes the estimate smooth in the number of values.
    part = 1 - (drop - whole)
    inner = ordered[whole + 1 : len(ordered) - whole - 1]
    ends = (ordered[whole], ordered[len(ordered) - whole - 1])
    if len(ordered) - 2 * whole < 2:
        return ordered[whole]
    weight = len(inner) + 2 * part
    return (sum(inner) + part * (ends[0] + ends[1])) / weight


def trimmed_error(values: Sequence[float], cut: float = 0.2) -> float:
    """The standard error of the trimmed mean: of the winsorised values, scaled (Tukey and McLaughlin)."""
    ordered = sorted(values)
    number = len(ordered)
    whole = math.floor(cut * number)
    low, high = ordered[whole], ordered[number - whole - 1]
    held = [min(max(value, low), high) for value in ordered]
    middle = sum(held) / number
    spread = math.sqrt(sum((value - middle) ** 2 for value in held) / max(1, number - 1))
    return spread / ((1 - 2 * whole / number) * math.sqrt(number))


def nonnegative_fit(
    columns: Sequence[Sequence[float]], values: Sequence[float], weights: Sequence[float]
) -> list[float]:
    """Weighted least squares with coefficients that are not negative.

    Tries every set of columns, which for four of them is both exact and quick.
    """
    width = len(columns)
    gram = [
        [
            sum(w * a * b for w, a, b in zip(weights, columns[i], columns[j], strict=True))
            for j in range(width)
        ]
        for i in range(width)
    ]
    right = [sum(w * a * v for w, a, v in zip(weights, column, values, strict=True)) for column in columns]
    best, found = 0.0, [0.0] * width
    for size in range(1, width + 1):
        for chosen in combinations(range(width), size):
            solved = solve([[gram[i][j] for j in chosen] for i in chosen], [right[i] for i in chosen])
            if solved is None or min(solved) < 0:
                continue
            # What the fit takes from the weighted sum of squares; the more the better.
            gain = sum(right[i] * s for i, s in zip(chosen, solved, strict=True))
            if gain > best * (1 + 1e-12):
                best, found = gain, [0.0] * width
                for i, s in zip(chosen, solved, strict=True):
                    found[i] = s
    return found


def solve(matrix: Matrix, right: Sequence[float]) -> list[float] | None:
    """Solve a small symmetric system by elimination; None where it is singular."""
    size = len(right)
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    for column in range(size):
        pivot = max(range(column, size), key=lambda r: abs(rows[r][column]))
        if abs(rows[pivot][column]) < 1e-12 * (abs(matrix[column][column]) + 1e-300):
            return None
        rows[column], rows[pivot] = rows[pivot], rows[column]
        for row in range(column + 1, size):
            factor = rows[row][column] / rows[column][column]
            if factor:
                rows[row] = [a - factor * b for a, b in zip(rows[row], rows[column], strict=True)]
    solved = [0.0] * size
    for row in reversed(range(size)):
        rest = sum(rows[row][k] * solved[k] for k in range(row + 1, size))
        solved[row] = (rows[row][size] - rest) / rows[row][row]
    return solved


def cholesky(matrix: Matrix) -> Matrix:
    """The lower triangle whose square is the matrix; what rounding made negative counts as zero."""
    size = len(matrix)
    lower = [[0.0] * size for _ in range(size)]
    for i in range(size):
        for j in range(i + 1):
            rest = matrix[i][j] - sum(lower[i][k] * lower[j][k] for k in range(j))
            if i == j:
                lower[i][i] = math.sqrt(max(0.0, rest))
            else:
                lower[i][j] = rest / lower[j][j] if lower[j][j] > 0 else 0.0
    return lower


def normal_quantile(share: float) -> float:
    """Of the standard normal distribution."""
    return NormalDist().inv_cdf(share)


def student_quantile(share: float, freedom: float) -> float:
    """Of Student's distribution, by the expansion of Cornish and Fisher; good to 1 % from 3 degrees on."""
    z = normal_quantile(share)
    n = max(2.0, freedom)
    first = (z**3 + z) / (4 * n)
    second = (5 * z**5 + 16 * z**3 + 3 * z) / (96 * n * n)
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * n**3)
    return z + first + second + third


def bisect(function: Callable[[float], float], low: float, high: float, steps: int = 60) -> float:
    """Where a growing function becomes zero."""
    for _ in range(steps):
        middle = (low + high) / 2
        if function(middle) < 0:
            low = middle
        else:
            high = middle
    return (low + high) / 2
