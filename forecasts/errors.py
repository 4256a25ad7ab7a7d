"""The errors that a user of the toolkit can meet.

All share one root, and each also inherits the built-in that fits, so that
``except ValueError`` keeps working. A message says what was expected, what was
found, where, and how to mend it.
"""


class ForecastsError(Exception):
    """Root of every error that this package raises on purpose."""


class BadInput(ForecastsError, ValueError):
    """A declared file, a row, a question or an argument that cannot be used.

    Parameters
    ----------
    where : str
        File (and row or key) to mend, e.g. ``"contacts.csv, row 12, kind"``.
    expected, found : str
        What the reader wanted, and what stands there (shortened when long).
    mend : str
        What to do about it, in the imperative.

    Examples
    --------
    >>> str(BadInput("plans.csv, row 3", "a date like 2023-06-18", "2023-02-30", "correct the day"))
    "plans.csv, row 3: expected a date like 2023-06-18, found '2023-02-30'; correct the day"
    """

    LONGEST_SHOWN = 80

    def __init__(self, where: str, expected: str, found: object, mend: str) -> None:
        self.where, self.expected, self.mend = where, expected, mend
        self.found = str(found)
        super().__init__(f"{where}: expected {expected}, found {self._shown()}; {mend}")

    def _shown(self) -> str:
        text = self.found
        if len(text) > self.LONGEST_SHOWN:
            text = f"{text[: self.LONGEST_SHOWN]}... ({len(self.found)} characters)"
        return repr(text)


class StoreLocked(ForecastsError, RuntimeError):
    """Another run holds the store."""


class StoreBroken(ForecastsError, RuntimeError):
    """The store cannot be read or written; nothing was changed."""


class NoSuchRun(ForecastsError, LookupError):
    """The store holds no run that fits what was asked."""
