"""Format amounts, rates and ratios as short texts."""

_PLACES = {"BTC": 8, "ETH": 5}
_PLACES_ELSE = 3

NOT_KNOWN = "not known"


def coin(value: float | None, currency: str, *, named: bool = True) -> str:
    """Return an amount with the decimal places of its currency: "12.5 USDT"."""
    if value is None:
        return NOT_KNOWN
    places = _PLACES.get(currency, _PLACES_ELSE)
    text = shortened(f"{value:.{places}f}")
    return f"{text} {currency}" if named else text


def rate(value: float | None, currency: str = "") -> str:
    """Return a rate or an amount of base currency with at most eight places."""
    if value is None:
        return NOT_KNOWN
    text = shortened(f"{value:.8f}")
    return f"{text} {currency}" if currency else text


def percent(ratio: float | None) -> str:
    """Return 0.0123 as "1.23%", None as "-"."""
    return "-" if ratio is None else f"{ratio:.2%}"


def shortened(text: str) -> str:
    """Return a decimal number without trailing zeros."""
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text
