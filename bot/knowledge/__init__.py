"""What the bot knows, and which of it an utterance is about.

    text ─normalise, words─▶ reading ─known words─▶ likeness ─▶ scores ─▶ confidence ─▶ Ranking
                               ▲ repair               ▲ space     ▲ ridge

- `subject`     the data: what competes, and what a ranking looks like
- `text`        text into words, stems and n-grams; every text comes out bounded
- `repair`      misspelt words read as words of the phrasings
- `reading`     a text against the phrasings' vocabulary
- `space`       the phrasings' words, and how like any text's words are to each: an inverted index
- `meaning`     what words mean, apart from how they are spelt
- `sentences`   what whole sentences mean, by a model that the shop chose
- `likeness`    how like a text is to every phrasing
- `ridge`       a linear model learned from the phrasings, and what it says of what it never saw
- `scores`      how well each subject fits
- `confidence`  the chance that the best is right; where to answer, ask or pass
- `held`        the subjects and their phrasings; which of them is said word for word; work done on them before
- `learning`    all that is learned from the phrasings
- `doubts`      what an author had better look at
- `explaining`  why a subject came first, and what makes the confidence
- `following`   a follow-up read in the light of what was answered last
- `snapshot`    an index as bytes, and back
- `loose`       phrases with alternatives and gaps
- `making`      an index's parts, made of subjects or taken from a snapshot
- `index`       all of it together
- `hearing`     what moods, danger and the law sound like, learned from examples
- `threats`     which words threaten people
- `irony`       which praise is none
- `mood`        how a message sounds, and whether it is urgent, about safety or the law

A pure room: same subjects and text in, same ranking out. Nothing here waits, reads a file or a clock, or logs.
"""

from bot.knowledge.following import follow_up
from bot.knowledge.index import Index
from bot.knowledge.loose import apart, found, loose
from bot.knowledge.meaning import Meanings
from bot.knowledge.sentences import Embedder
from bot.knowledge.subject import Kind, Match, Phrasing, Ranking, Subject, Thresholds
from bot.knowledge.text import clauses, leads, normalise, says

__all__ = [
    "Embedder",
    "Index",
    "Kind",
    "Match",
    "Meanings",
    "Phrasing",
    "Ranking",
    "Subject",
    "Thresholds",
    "apart",
    "clauses",
    "follow_up",
    "found",
    "leads",
    "loose",
    "normalise",
    "says",
]
