import numpy as np
import pytest

from twin.formula import Formula


def value(text, **tags):
    return Formula.parse(text).value({name: np.asarray(one, float) for name, one in tags.items()})


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("{a}", 6),
        ("{a} + 2 * {b}", 10),
        ("({a} + 2) * {b}", 16),
        ("-{a} / {b} - 1", -4),
        ("1e-2 * {a}\n  + 0.5", 0.56),
        ("{ a } - {a} + {b}", 2),
        ("+{a}", 6),
        ("{a_0} - {a}", 1),
    ],
)
def test_arithmetic_is_done_as_it_is_written(text, result):
    assert value(text, a=6, b=2, a_0=7) == pytest.approx(result)


def test_it_works_on_whole_arrays_and_names_its_tags_in_order():
    formula = Formula.parse("{FIC-101.SP} * {b} + {FIC-101.SP}")
    assert formula.tags == ("FIC-101.SP", "b")
    found = formula.value({"FIC-101.SP": np.array([1.0, 2.0]), "b": np.array([[3.0], [4.0]])})
    assert np.array_equal(found, [[4, 8], [5, 10]])


def test_a_division_by_zero_is_not_a_number():
    assert np.isnan(value("1 / {a}", a=[0.0, 1.0])[0])
    assert np.isnan(value("{a} / 0", a=2.0))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "3 + 4",
        "a + {b}",
        "_0 + {b}",
        "{b}.real",
        "{b} ** 2",
        "{b} if {b} else 1",
        "abs({b})",
        "{b}[0]",
        "__import__('os') + {b}",
        "{b} and 1",
        "{b} + 'x'",
        "{b} + True",
        "{b} +",
        "({b}",
        "{b}; 1",
        "{b} = 1",
        "{b} < 3",
        "lambda: {b}",
        "{b} {b}",
        "(" * 3000 + "{b}" + ")" * 3000,
        "-" * 2000 + "{b}",
    ],
)
def test_nothing_but_arithmetic_is_a_formula(text):
    with pytest.raises(ValueError, match=r"arithmetic|at least one|at most"):
        Formula.parse(text)
