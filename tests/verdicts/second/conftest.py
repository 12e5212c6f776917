"""Lets the tests here share the second implementation and its portfolios."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent))
