import pytest

from offair.emulator.core.faults.encoders import parse


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("black@5+3", ("black", 5.0, 3.0, 0.0)),
        ("drop@0.5", ("drop", 0.5, 3.0, 0.0)),
        ("jump@8=+30", ("jump", 8.0, 3.0, 30.0)),
        ("jump@8=-1.5", ("jump", 8.0, 3.0, -1.5)),
    ],
)
def test_a_fault_is_read_as_it_is_spoken(text, expected):
    fault = parse(text)

    assert expected == (fault.kind, fault.at, fault.seconds, fault.by)


@pytest.mark.parametrize(
    "text", ["", "black", "explode@5", "jump@8", "black@5=3", "jump@8+2=3", "black@-1", "black@5+"]
)
def test_what_is_no_fault_is_told_how_to_write_one(text):
    with pytest.raises(ValueError, match="black@5"):
        parse(text)
