"""Statistics on few numbers, against cases that were computed by hand."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_cli.operate.tuning.statistics import (
    cholesky,
    nonnegative_fit,
    quantile,
    solve,
    student_quantile,
    trimmed_error,
    trimmed_mean,
)


def test_quantiles_are_interpolated():
    assert quantile([4, 1, 3, 2], 0.5) == 2.5
    assert quantile([1, 2, 3, 4, 5], 0.95) == pytest.approx(4.8)


def test_the_trimmed_mean_leaves_a_fifth_out_at_each_end():
    assert trimmed_mean([1, 2, 3, 4, 1000]) == 3
    # Of four, 0.8 values are cut at each end: a fifth of 1 and of 1000 stays.
    assert trimmed_mean([1, 2, 3, 1000]) == pytest.approx((0.2 * 1 + 2 + 3 + 0.2 * 1000) / 2.4)
    assert trimmed_mean([7.0]) == 7.0
    assert trimmed_mean([7.0, 9.0]) == 8.0


def test_its_error_is_that_of_the_winsorised_values():
    # 1..5 becomes 2, 2, 3, 4, 4: a variance of 1; divided by 0.6 and the root of five.
    assert trimmed_error([1, 2, 3, 4, 5]) == pytest.approx(1 / (0.6 * math.sqrt(5)))


def test_a_fit_never_has_a_negative_coefficient():
    ones, falling = [1.0, 1.0, 1.0], [3.0, 2.0, 1.0]
    assert nonnegative_fit([ones, falling], [7.0, 5.0, 3.0], [1, 1, 1]) == pytest.approx([1.0, 2.0])
    # These values rise: the best that falls is their mean.
    assert nonnegative_fit([ones, falling], [1.0, 2.0, 3.0], [1, 1, 1]) == pytest.approx([2.0, 0.0])


@given(st.lists(st.floats(-5, 5), min_size=3, max_size=3), st.integers(0, 1000))
def test_solving_undoes_multiplying(wanted, seed):
    source = random.Random(seed)
    rows = [[source.uniform(-1, 1) for _ in range(3)] for _ in range(3)]
    matrix = [[sum(rows[k][i] * rows[k][j] for k in range(3)) + (i == j) for j in range(3)] for i in range(3)]
    right = [sum(matrix[i][j] * wanted[j] for j in range(3)) for i in range(3)]
    assert solve(matrix, right) == pytest.approx(wanted, abs=1e-6)
    lower = cholesky(matrix)
    square = [[sum(lower[i][k] * lower[j][k] for k in range(3)) for j in range(3)] for i in range(3)]
    assert [x for row in square for x in row] == pytest.approx([x for row in matrix for x in row])


def test_a_singular_system_has_no_solution():
    assert solve([[1.0, 1.0], [1.0, 1.0]], [1.0, 2.0]) is None


@pytest.mark.parametrize(("freedom", "expected"), [(5, 2.5706), (10, 2.2281), (30, 2.0423), (1000, 1.9623)])
def test_students_quantile_is_that_of_the_tables(freedom, expected):
    assert student_quantile(0.975, freedom) == pytest.approx(expected, rel=0.005)
