"""What a browser is called: a family and a system, enough to recognise one's own, too little to recognise a person."""

from django.utils.translation import gettext as _

_BROWSERS = {  # the first that is found; later ones name themselves in many others
    "Edg": "Edge",
    "OPR/": "Opera",
    "SamsungBrowser/": "Samsung Internet",
    "Firefox/": "Firefox",
    "FxiOS/": "Firefox",
    "CriOS/": "Chrome",
    "Chrome/": "Chrome",
    "Safari/": "Safari",
}
_SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "CrOS": "ChromeOS",
    "Mac OS X": "macOS",
    "Linux": "Linux",
}
_UNKNOWN = "An unknown browser"


def agent_of(header: str) -> str:
    """Return the name of a User-Agent header, such as "Firefox on Linux"."""
    browser = next((name for mark, name in _BROWSERS.items() if mark in header), "")
    system = next((name for mark, name in _SYSTEMS.items() if mark in header), "")
    if browser and system:
        return f"{browser} on {system}"
    return browser or system or _UNKNOWN


def in_words(agent: str) -> str:
    """Return such a name in the language of the page."""
    browser, on, system = agent.partition(" on ")
    if on:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return _("An unknown browser") if agent in {"", _UNKNOWN} else agent
