"""Reading values out of what customers type: numbers, money, days, addresses, order numbers, things of a list.

Readers are pure and total: of any text they make a Reading, a Hint (why it cannot be one), or nothing. The words that
they know are content (`answers` in handoff/). Today and the shop's habits are given to them.
"""

from bot.dialog.values.reading import LONGEST, Hint, Lexicon, Reading

__all__ = ["LONGEST", "Hint", "Lexicon", "Reading"]
