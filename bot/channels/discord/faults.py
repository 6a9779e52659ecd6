"""What may be told of an error: neither words nor secrets."""


def at_fault(error: Exception) -> str:
    """Return which error it was and where, without what people wrote."""
    at = error.__traceback__
    while at and at.tb_next:
        at = at.tb_next
    where = f" at {at.tb_frame.f_code.co_filename.rpartition('/')[2]}:{at.tb_lineno}" if at else ""
    return f"{type(error).__name__}{where}"
