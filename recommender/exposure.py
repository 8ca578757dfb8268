"""Keeps every list that is shown, behind the back of the request that shows it.

A request hands its list over and goes on; a thread writes. Where nothing can be written, the
answers stay as they are, what was lost is counted, and nothing is explored meanwhile.
"""

from __future__ import annotations

import atexit
import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import structlog

from recommender.data import exposures
from recommender.data.pseudonyms import Pseudonyms
from recommender.domain import class_year_of
from recommender.shown import Record, of_person

log = structlog.get_logger()

WRITTEN, DROPPED, FAILED = "written", "dropped", "failed"
RESULTS = (WRITTEN, DROPPED, FAILED)
# Lists that wait for the disk, of ten lines each about 5 MB. What comes after is let go.
MOST_WAITING = 2_000
_MOST_AT_ONCE = 500
_GRACE_S = 5.0

_Waiting = tuple[Record, str | None] | None


class ExposureLog:
    """The log of lists of one process.

    Parameters
    ----------
    home
        Folder under which the log lies.
    explore_share
        Share of the kiosk's lists that show a swap, 0 to 1.
    is_on
        Whether anything is kept; nothing is explored where it is not.
    tell
        Told of each outcome, one of `RESULTS`, and of how many records.
    """

    def __init__(
        self,
        home: Path,
        *,
        explore_share: float,
        is_on: bool = True,
        tell: Callable[[str, int], None] = lambda result, n_records: None,
    ) -> None:
        self._folder = exposures.lists_dir(home)
        self._names = Pseudonyms(exposures.keys_dir(home))
        self._explore_share = explore_share
        self._is_on = is_on
        self._tell = tell
        self._is_writing = True
        self._waiting: queue.Queue[_Waiting] = queue.Queue(maxsize=MOST_WAITING)
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    @property
    def explore_share(self) -> float:
        """The share to explore now: none while what is learned would be lost."""
        return self._explore_share if self._is_on and self._is_writing else 0.0

    def keep(self, record: Record, graduate_id: str | None = None) -> None:
        """Hand over a record, about a graduate where one is given; never waits, never fails.

        The id is turned into a pseudonym before anything is written.
        """
        if not self._is_on:
            return
        try:
            self._waiting.put_nowait((record, graduate_id))
        except queue.Full:
            self._tell(DROPPED, 1)
            return
        self._start()

    def flush(self) -> None:
        """Wait until everything handed over is on the disk, or known to have failed."""
        if self._thread is not None:
            self._waiting.join()

    def close(self) -> None:
        """Write what waits and end the thread; a stuck disk holds up nobody for long."""
        thread, self._thread = self._thread, None
        if thread is not None and thread.is_alive():
            with suppress(queue.Full):  # nothing moves: what waits is lost
                self._waiting.put(None, timeout=_GRACE_S)
                thread.join(_GRACE_S)

    def _start(self) -> None:
        """Start the thread where there is none: in the process that shows, after any fork."""
        if self._thread is not None and self._thread.is_alive():
            return
        with self._starting:
            if self._thread is None:
                atexit.register(self.close)
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="exposures", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            batch = [self._waiting.get()]
            while len(batch) < _MOST_AT_ONCE and not self._waiting.empty():
                batch.append(self._waiting.get())
            try:
                self._write([each for each in batch if each is not None])
            finally:
                for _ in batch:
                    self._waiting.task_done()
            if None in batch:
                return

    def _write(self, batch: list[tuple[Record, str | None]]) -> None:
        if not batch:
            return
        try:
            records = [self._pseudonymous(*each) for each in batch]
            n_written = exposures.append(self._folder, records)
        except OSError as error:
            if self._is_writing:  # once, not for every list of a day without a disk
                log.error("lists not logged", error=type(error).__name__, errno=error.errno)
            self._is_writing = False
            self._tell(FAILED, len(batch))
            return
        self._is_writing = n_written == len(batch)
        self._tell(WRITTEN, n_written)
        self._tell(DROPPED, len(batch) - n_written)

    def _pseudonymous(self, record: Record, graduate_id: str | None) -> Record:
        if graduate_id is None:
            return record
        return of_person(record, self._names.make(graduate_id, class_year_of(record.day)))
