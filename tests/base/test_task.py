import threading

import pytest

from workstation.base.errors import CancelledError
from workstation.base.task import CancelToken, no_progress


def test_a_fresh_token_lets_work_go_on() -> None:
    token = CancelToken()
    token.check()
    assert not token.cancelled


def test_a_cancelled_token_stops_work_at_every_check() -> None:
    token = CancelToken()
    token.cancel()
    token.cancel()
    assert token.cancelled
    for _ in range(2):
        with pytest.raises(CancelledError):
            token.check()


def test_cancelling_reaches_another_thread() -> None:
    token, started, stopped = CancelToken(), threading.Event(), threading.Event()

    def work() -> None:
        started.set()
        try:
            while True:
                token.check()
        except CancelledError:
            stopped.set()

    worker = threading.Thread(target=work)
    worker.start()
    assert started.wait(5)
    token.cancel()
    worker.join(5)
    assert stopped.is_set()


def test_progress_may_be_ignored() -> None:
    assert no_progress(1, 2) is None
