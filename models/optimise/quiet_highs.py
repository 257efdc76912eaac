"""HiGHS without its line about itself on standard output, which belongs to the program's own answer (`--json`).

Newer versions print that line from the constructor already, before anybody can set an option (HiGHS issue 1932: it is
printed by the first call that is not the option). The constructor's first such call switches callbacks on, so that is
where output is switched off.
"""

from typing import Any


def quiet_highs(highspy: Any, options: dict[str, object]) -> Any:
    """Return a solver that prints nothing.

    Parameters
    ----------
    highspy
        The module, which one file alone imports.
    options
        Its options by HiGHS's own names; None for the usual value.
    """

    class Quiet(highspy.Highs):  # type: ignore[misc]
        def enableCallbacks(self) -> None:  # noqa: N802 (HiGHS's name)
            self.setOptionValue("output_flag", False)
            super().enableCallbacks()

    highs = Quiet()
    highs.setOptionValue("output_flag", False)
    for name, value in options.items():
        if value is not None and highs.setOptionValue(name, value) == highspy.HighsStatus.kError:
            raise ValueError(f"HiGHS has no option {name} = {value!r}")
    return highs
