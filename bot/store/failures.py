"""What SQLite's failures mean to an operator, and what to do about them."""

import sqlite3

from bot.errors import StoreError

_ADVICE = {
    sqlite3.SQLITE_NOTADB: "is not a Frontdesk database. Move it away, or name another file.",
    sqlite3.SQLITE_CORRUPT: (
        "is damaged. Stop the bot and restore the latest backup, or save what is left: "
        'sqlite3 "{path}" .recover | sqlite3 recovered.db'
    ),
    sqlite3.SQLITE_READONLY: "cannot be written. Give the bot's account write access to the file and to its folder.",
    sqlite3.SQLITE_CANTOPEN: (
        "cannot be opened. Check that it is a file, that its folder exists, and that the bot's account may write there."
    ),
    sqlite3.SQLITE_PERM: "cannot be written. Give the bot's account write access to the file and to its folder.",
    sqlite3.SQLITE_BUSY: "is locked by another program. Close whatever has it open (a database browser, a backup).",
    sqlite3.SQLITE_LOCKED: "is locked by another program. Close whatever has it open (a database browser, a backup).",
    sqlite3.SQLITE_FULL: "cannot grow: its disk is full. Free some space; nothing is lost, the bot goes on by itself.",
    sqlite3.SQLITE_IOERR_WRITE: (
        "cannot be written: its disk reports an error, or a quota or size limit is reached. Make room or check the "
        "disk; nothing is lost, the bot goes on by itself."
    ),
    sqlite3.SQLITE_IOERR: "cannot be read or written: its disk reports errors. Check the disk and its mount.",
}


def explained(error: sqlite3.Error, path: str) -> Exception:
    """Return the StoreError that tells the operator what is wrong with the file and what to do.

    An error that is none of the file's (a statement that breaks a constraint) is returned as it is.
    """
    code = getattr(error, "sqlite_errorcode", 0)
    advice = _ADVICE.get(code) or _ADVICE.get(code & 0xFF)
    return StoreError(f"{path} {advice.format(path=path)} (SQLite: {error})") if advice else error
