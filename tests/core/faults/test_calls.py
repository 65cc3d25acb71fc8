import pytest

from offair.emulator.core.faults.calls import FAULTS, Fault, parse, take
from offair.emulator.core.world import World


@pytest.fixture(name="world")
def _world():
    world = World()
    yield world
    world.close()


def test_a_header_lists_faults_in_order():
    assert [("delay", 0.5), ("status", 0.0), ("drop", 0.0)] == [
        (fault.kind, fault.seconds) for fault in parse("delay=0.5, status=429,drop")
    ]


@pytest.mark.parametrize(
    "header",
    [
        *("delay", "delay=soon", "delay=nan", "delay=-1", "delay=3601"),
        *("status=", "status=99", "status=600", "explode", "drop=1=2x,status=x"),
    ],
)
def test_a_header_that_no_fault_reads_is_told_what_faults_there_are(header):
    with pytest.raises(ValueError, match="the faults are"):
        parse(header)


def test_a_counted_fault_wears_out(world):
    world.put(FAULTS, Fault(id="f", tenant="t", kind="drop", remaining=2))

    assert [1, 1, 0] == [len(take(world, "t", "createStream")) for _ in range(3)]


def test_a_fault_without_a_count_stays(world):
    world.put(FAULTS, Fault(id="f", tenant="t", kind="drop"))

    assert [1] * 5 == [len(take(world, "t", "createStream")) for _ in range(5)]


def test_faults_wait_behind_one_another_and_a_delay_comes_before_what_is_then_answered(world):
    for name, kind in enumerate(["drop", "delay", "status", "garbage"]):
        world.put(FAULTS, Fault(id=str(name), tenant="t", kind=kind, remaining=1))

    met = [[fault.kind for fault in take(world, "t", "createStream")] for _ in range(4)]
    assert [["delay", "drop"], ["status"], ["garbage"], []] == met


def test_a_fault_is_for_its_tenant_and_its_operation(world):
    world.put(FAULTS, Fault(id="f", tenant="t", kind="drop", operation="createStream"))

    assert (0, 0, 1) == tuple(
        len(take(world, *call)) for call in (("other", "createStream"), ("t", "getStream"), ("t", "createStream"))
    )
