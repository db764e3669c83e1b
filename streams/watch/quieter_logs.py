"""aiokafka's log lines, less often: without a broker it writes hundreds a second."""

import logging

LIBRARY = "aiokafka"


class OnceAWhile(logging.Filter):
    """Lets a message of a logger through once in ``seconds``, whatever its arguments.

    >>> quiet = OnceAWhile(10)
    >>> def record(at: float) -> logging.LogRecord:
    ...     return logging.makeLogRecord({"msg": "node %s is away", "created": at})
    >>> [quiet.filter(record(at)) for at in (0.0, 0.1, 9.0, 10.0)]
    [True, False, False, True]
    """

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self._seconds = seconds
        self._told: dict[object, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether to let the record through."""
        last = self._told.get(record.msg)
        if last is not None and record.created - last < self._seconds:
            return False
        self._told[record.msg] = record.created
        return True


def quieten(seconds: float = 10.0) -> None:
    """Thin out what the library's loggers write; call it once they exist."""
    for name in logging.root.manager.loggerDict:
        if name == LIBRARY or name.startswith(f"{LIBRARY}."):
            logging.getLogger(name).addFilter(OnceAWhile(seconds))
