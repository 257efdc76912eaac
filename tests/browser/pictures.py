"""What the pictures of a page look like from outside: whether they are drawn, and where their parts are."""

from typing import Any

_DRAWN = """
return [...document.querySelectorAll('.plot')].map(place => {
  const box = place.querySelector('svg.main-svg').getBoundingClientRect();
  const marks = place.querySelectorAll('.trace, .hm image, .hm, .sankey-link, .point').length;
  return {title: place.getAttribute('aria-label').split('.')[0], width: box.width, height: box.height, marks};
});
"""

_TEXTS = """
return [...document.querySelectorAll('.plot')].map(place => {
  const frame = place.getBoundingClientRect();
  return [...place.querySelectorAll('svg text')]
    .filter(text => text.textContent && text.getBoundingClientRect().width > 0)
    .map(text => {
      const box = text.getBoundingClientRect();
      return {
        text: text.textContent, size: parseFloat(getComputedStyle(text).fontSize),
        left: box.left - frame.left, right: frame.right - box.right,
        top: box.top - frame.top, bottom: frame.bottom - box.bottom,
      };
    });
}).flat();
"""

_LEGENDS = """
return [...document.querySelectorAll('.plot')].map(place => {
  const legend = place.querySelector('.legend');
  if (!legend) return null;
  const frame = place.querySelector('svg.main-svg').getBoundingClientRect();
  const box = legend.getBoundingClientRect();
  return {title: place.getAttribute('aria-label').split('.')[0],
          bottom: box.bottom - frame.top, plotted: place._fullLayout._size.t, right: frame.right - box.right};
}).filter(each => each);
"""


def drawn(browser: Any) -> list[dict[str, Any]]:
    """Return each picture's title, size and number of marks (lines, bars, cells, flows)."""
    return browser.execute_script(_DRAWN)


def texts(browser: Any) -> list[dict[str, Any]]:
    """Return every text in a picture, with its size and its distances from the edges of the picture, in pixels."""
    return browser.execute_script(_TEXTS)


def legends(browser: Any) -> list[dict[str, Any]]:
    """Return where each legend ends, and where what is plotted begins, from the top of the picture."""
    return browser.execute_script(_LEGENDS)
