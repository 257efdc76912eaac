"""Both engines, a third of the drawn scenarios: files share out among processes."""

from generated import assert_engines_agree


def test_engines_agree_about_drawn_scenarios():
    """If this fails, the compiled engine breaks a rule of the readable one, or the scenarios show too little."""
    assert_engines_agree(range(200, 300))
