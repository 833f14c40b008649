"""How good `tune-memory` chooses, on the frozen families for evaluation: `make bench`; never a gate.

Ten runs a cell give a first impression; `evaluation.py --repeats 300 --cells` gives the tables of
docs/tuning.md.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

EVALUATION = Path(__file__).with_name("evaluation.py")


def test_choices_on_the_families_for_evaluation() -> None:
    done = subprocess.run(
        [sys.executable, str(EVALUATION), "--repeats", "10"], check=True, capture_output=True, text=True
    )
    print(f"\n{done.stdout}")
