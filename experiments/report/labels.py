"""Names in pictures: plotly reads a text as markup, and a name is none."""


def as_label(name: str) -> str:
    """Return a name as a picture shows it to the letter.

    Examples
    --------
    >>> as_label("Black & <b>White</b>")
    'Black &amp; &lt;b&gt;White&lt;/b&gt;'
    """
    return name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
