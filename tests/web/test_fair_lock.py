import threading
import time
from contextlib import suppress

from web.fair_lock import FairLock


def test_it_is_given_in_the_order_of_asking_and_to_the_urgent_first():
    lock, order = FairLock(), []

    def take(number, urgent):
        with lock.held(urgent=urgent):
            order.append(number)

    threads = [threading.Thread(target=take, args=(number, number % 4 == 3)) for number in range(20)]
    with lock.held():
        for number, thread in enumerate(threads):
            thread.start()
            while len(lock._urgent) + len(lock._others) <= number:
                assert thread.is_alive()
                time.sleep(0.001)
    for thread in threads:
        thread.join()
    urgent = list(range(3, 20, 4))
    assert order == [*urgent, *(number for number in range(20) if number not in urgent)]


def test_one_at_a_time_and_free_again_after_a_failure():
    lock, inside, most = FairLock(), [], []

    def fail():
        with lock.held():
            inside.append(1)
            most.append(len(inside))
            inside.pop()
            raise ValueError

    def work():
        for _ in range(200):
            with suppress(ValueError):
                fail()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(most) == 1600
    assert max(most) == 1
    with lock.held():
        pass
