from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.store.sqlite import SqliteStore
from tests.runtime.fakes import FakeChannel, opened


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "desk.db"


@pytest.fixture
async def store(file: Path) -> AsyncIterator[SqliteStore]:
    store = await opened(file)
    yield store
    await store.close()


@pytest.fixture
def channel() -> FakeChannel:
    return FakeChannel()
