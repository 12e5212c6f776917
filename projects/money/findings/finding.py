"""What a money rule that was broken says: F-1 to F-24 of docs/rules/money.md.

Each finding carries its amount, so that it can be summed and sorted.
"""

from __future__ import annotations

from dataclasses import dataclass

from projects.core.text import Text
from projects.core.vocabulary import FUNDING_SOURCES
from projects.money.findings.rules import RULES


@dataclass(frozen=True)
class MoneyFinding:
    """A rule broken by a source (`local` for F-4): the fen too much, or too little, and the words.

    `source` tells apart what is handled by itself: of F-19 `cbi-2024` is a source and its year, of F-20 `cbi-17` a
    source and its entry. `basis` is what it rests on where that is not its rule's law alone: the limit of the
    installation, the law of this source of money.
    """

    rule: str
    source: str
    amount_fen: int
    text: Text
    basis: Text | None = None

    @property
    def name(self) -> str:
        """What the breach is called, a message id."""
        return RULES[self.rule].name

    @property
    def money(self) -> str | None:
        """The source of money, None where it is of several or of none."""
        key = self.source.partition("-")[0]
        return key if key in FUNDING_SOURCES else None

    @property
    def law(self) -> Text:
        """What it rests on: what was said of this very finding, else its rule's law."""
        return self.basis or Text(RULES[self.rule].law)

    @property
    def is_warning(self) -> bool:
        """Whether it asks for a look and not for a remedy."""
        return RULES[self.rule].is_warning
