"""What a board's text means."""

import time
from typing import Any

import pytest

from custom_components.arduino_sensor.protocol import (
    EXAMPLE,
    MAX_FRAME,
    OUT_OF_RANGE,
    Problem,
    ProtocolError,
    is_nested,
    parse,
    quoted,
    shown,
)


@pytest.mark.parametrize(
    ("frame", "values"),
    [
        (
            b'{"temp":25.5,"distance":150.2,"red":true,"green":false,"blue":true}',
            {
                "temp": 25.5,
                "distance": 150.2,
                "red": True,
                "green": False,
                "blue": True,
            },
        ),
        (b"{}", {}),
        (b' {"a" : 1 }\r\n', {"a": 1}),
        (b'{"a":null,"b":"","c":"x"}', {"a": None, "b": "", "c": "x"}),
        ('{"größe":"°C \\u00b5 \\"µ\\""}'.encode(), {"größe": '°C µ "µ"'}),
        (b'{"a":18446744073709551615}', {"a": 2**64 - 1}),
        (b'{"a":-9223372036854775808}', {"a": -(2**63)}),
    ],
)
def test_good_frames(frame: bytes, values: dict[str, Any]) -> None:
    """What is JSON is taken as it is."""
    parsed, problems = parse(frame)
    assert parsed == values
    assert {key: type(value) for key, value in parsed.items()} == {
        key: type(value) for key, value in values.items()
    }
    assert problems == []


@pytest.mark.parametrize(
    "word",
    ["nan", "NaN", "NAN", "inf", "INF", "ovf", "Infinity", "-inf", "+nan", "-Infinity"],
)
def test_numbers_that_are_none(word: str) -> None:
    """A float that is no number is null, and the rest of the frame is kept."""
    parsed, problems = parse(f'{{"temp":{word},"a": {word} ,"b":12.1}}'.encode())
    assert parsed == {"temp": None, "a": None, "b": 12.1}
    assert problems == []


@pytest.mark.parametrize(
    "text",
    ["nan", "-inf,ovf", ":nan,", 'a \\" nan', "\\\\", 'nan\\" nan \\\\\\" inf'],
)
def test_the_same_words_in_a_text(text: str) -> None:
    """A text is left alone, whatever stands in it."""
    parsed, problems = parse(f'{{"a":nan,"nan":"{text}"}}'.encode())
    assert parsed["a"] is None
    assert parsed["nan"] == text.replace('\\"', '"').replace("\\\\", "\\")
    assert problems == []


@pytest.mark.parametrize(
    "frame",
    [
        b'{"a":nano}',
        b'{"a":banana}',
        b'{"a":1nan}',
        b'{"a":nan1}',
        b'{"a":inf_}',
        b'{"a":nan',
        b"nan:1",
        b'{"a":undefined}',
        b"temp=25.5",
        b"{'temp':25.5}",
        b'{"temp":25.5,}',
        b'{"temp":25.5}{"temp":25.5}',
        b'{"a":"nan}',
        b'{"a":"\t"}',
        b"[" * MAX_FRAME,
        b'{"a":' * (MAX_FRAME // 5),
        b'{"a":' + b"9" * 4000,
        b'{"a":' + b"9" * 5000 + b"}",
        b"\xef\xbb\xbf" + b'{"a":1}',
    ],
)
def test_nothing_else_is_guessed_at(frame: bytes) -> None:
    """What is not JSON is an error that tells what was expected."""
    with pytest.raises(ProtocolError) as caught:
        parse(frame)
    problem = caught.value.problem
    assert problem.code == "invalid_json"
    assert str(caught.value) == problem.message
    assert EXAMPLE in problem.message
    assert len(problem.message) < 160


def test_hints() -> None:
    """A sketch's author is shown the place and, where it is known, the cause."""
    with pytest.raises(ProtocolError, match=r"at character 2, near .*double quotes"):
        parse(b"{'temp':25.5}")
    with pytest.raises(ProtocolError, match="The message is empty"):
        parse(b" \r\n")
    with pytest.raises(ProtocolError, match=r"Byte 7 is not UTF-8: was the buffer"):
        parse(b'{"a":"\xff"}')


@pytest.mark.parametrize(
    ("frame", "word"),
    [
        (b"25.5", "25.5"),
        (b"true", "true"),
        (b"nan", "null"),
        (b'"temp"', "the text 'temp'"),
        (b'[{"temp":1}]', "a list"),
        (b"[nan]", "a list"),
    ],
)
def test_no_object(frame: bytes, word: str) -> None:
    """JSON that is no object is told apart from what is no JSON."""
    with pytest.raises(ProtocolError) as caught:
        parse(frame)
    assert caught.value.problem.code == "not_an_object"
    assert f"but this is {word}" in caught.value.problem.message


@pytest.mark.parametrize("number", ["1e400", "-1e400", "9" * 400, f"-{'9' * 400}"])
def test_out_of_range(number: str) -> None:
    """A number that no float holds is marked, its neighbours are kept."""
    parsed, problems = parse(f'{{"a":{number},"b":1}}'.encode())
    assert parsed == {"a": OUT_OF_RANGE, "b": 1}
    assert problems == []


def test_large_integers_are_floats() -> None:
    """Both parsers make the same of an integer that 64 bits do not hold."""
    fast, _ = parse(b'{"a":18446744073709551616}')
    slow, _ = parse(b'{"a":18446744073709551616,"b":nan,"c":5,"d":-1.5}')
    assert type(fast["a"]) is type(slow["a"]) is float
    assert fast["a"] == slow["a"] == 2.0**64
    assert (slow["c"], type(slow["c"]), slow["d"]) == (5, int, -1.5)


def test_duplicate_keys() -> None:
    """The last of two counts, and the author is told."""
    parsed, problems = parse(b'{"a":1,"b":2,"a":3,"a":4}')
    assert parsed == {"a": 4, "b": 2}
    assert [(problem.code, problem.key) for problem in problems] == [
        ("duplicate_key", "a"),
        ("duplicate_key", "a"),
    ]
    assert parse(b'{"a":1,"\\u0061":2}') == (
        {"a": 2},
        [
            Problem(
                "duplicate_key",
                "'a' stands twice in one message: the last one counts.",
                "a",
            )
        ],
    )


@pytest.mark.parametrize("member", [rb'"a":"\ud800"', rb'"\ud800":1'])
def test_half_a_character(member: bytes) -> None:
    """What cannot be stored as text is left out, its neighbours are kept."""
    parsed, problems = parse(b"{" + member + b',"b":2}')
    assert parsed == {"b": 2}
    assert [problem.code for problem in problems] == ["invalid_json"]
    # A whole pair is a character.
    assert parse(rb'{"a":"\ud83d\ude00"}') == ({"a": "\U0001f600"}, [])


@pytest.mark.parametrize("value", ["[1,2]", '{"b":1}', "[]", "{}", '[{"b":"x"}]'])
def test_nested(value: str) -> None:
    """A nested value is seen as one, by the fast parser and by the careful one."""
    for more in ("", ',"c":nan'):
        parsed, _ = parse(f'{{"a":{value}{more}}}'.encode())
        assert is_nested(parsed["a"])
        assert shown(parsed["a"]) == (
            "a list […]" if value[0] == "[" else "an object {…}"
        )
    assert not is_nested("text")


def test_time_is_linear() -> None:
    """No frame takes long, however it is made."""
    size = 16 * MAX_FRAME
    begin = time.perf_counter()
    for frame in (
        b'"' + b'\\"' * (size // 2) + b"\\",
        b'"' * size,
        b"-" * size,
        b"\\" * size,
        b'{"a":"' + b"nan" * (size // 3),
    ):
        with pytest.raises(ProtocolError):
            parse(frame)
    # Quadratic, the first alone would take several seconds.
    assert time.perf_counter() - begin < 1


def test_as_message() -> None:
    """An error names its key if it has one, and how many others there are."""
    assert Problem("code", "Sentence.").as_message() == {
        "type": "error",
        "code": "code",
        "message": "Sentence.",
    }
    assert Problem("code", "Sentence.", "temp").as_message(more=2) == {
        "type": "error",
        "code": "code",
        "key": "temp",
        "message": "Sentence.",
        "more": 2,
    }


def test_for_people() -> None:
    """Values are shown the way their author wrote them, short and printable."""
    assert [shown(value) for value in (None, True, False, 1, 2.5, "x")] == [
        "null",
        "true",
        "false",
        "1",
        "2.5",
        "the text 'x'",
    ]
    assert quoted("a\nb\x00") == "'a?b?'"
    assert quoted("x" * 24) == f"'{'x' * 24}'"
    assert quoted("x" * 25) == f"'{'x' * 23}…'"
