from __future__ import annotations

import gc

from visio_desktop.media.buffers import Buffers


def test_memory_comes_back_when_its_last_reader_is_gone() -> None:
    buffers = Buffers()
    loan = buffers.lend(100)
    view = loan.data
    address = loan.ctypes.data
    del loan
    gc.collect()
    other = buffers.lend(100)
    assert other.ctypes.data != address, "lent while a memoryview still reads it"
    del view
    gc.collect()
    assert buffers.lend(100).ctypes.data == address


def test_another_size_gets_memory_of_its_own() -> None:
    buffers = Buffers()
    del_me = buffers.lend(100)
    del del_me
    assert buffers.lend(200).size == 200


def test_memory_of_a_size_that_is_over_is_not_kept() -> None:
    buffers = Buffers()
    large = [buffers.lend(1_000) for _ in range(3)]
    large.clear()
    gc.collect()
    small = [buffers.lend(10) for _ in range(2)]
    small.clear()
    gc.collect()
    assert [kept.size for kept in buffers._free] == [10, 10]


def test_many_loans_live_side_by_side() -> None:
    buffers = Buffers(keep=2)
    loans = [buffers.lend(64) for _ in range(10)]
    for number, loan in enumerate(loans):
        loan[:] = number
    assert [int(loan[0]) for loan in loans] == list(range(10))
    assert len({loan.ctypes.data for loan in loans}) == 10
