"""Find names in the text of a strategy that numpy and pandas have removed, to log them."""

import re

_NUMPY = """
NaN NAN Inf Infinity infty PINF NINF PZERO NZERO float int object str complex unicode float_ complex_ string_
unicode_ int0 uint0 bool8 object0 alltrue sometrue product cumproduct round_ row_stack asfarray in1d trapz
mat msort
"""
_OF_NUMPY = re.compile(rf"\b(?:np|numpy)\.({'|'.join(_NUMPY.split())})\b")
_OF_PANDAS = re.compile(r"\bpd\.(np|datetime|(?:U?Int|Float)64Index|NumericIndex|value_counts)\b")
_CALLS = {
    "fillna(method=)": re.compile(r"\.fillna\([^()]*\bmethod\s*="),
    "replace(method=)": re.compile(r"\.replace\([^()]*\bmethod\s*="),
    "iteritems()": re.compile(r"\.iteritems\(\)"),
    "applymap()": re.compile(r"\.applymap\("),
    "mad()": re.compile(r"\.mad\(\)"),
    "is_monotonic": re.compile(r"\.is_monotonic\b"),
    "resample('H')": re.compile(r"\.resample\(\s*(?:rule\s*=\s*)?f?['\"]\d*(?:T|H|S|M|Q|A|Y)['\"]"),
    "DataFrame.append()": re.compile(r"\.append\([^()]*\bignore_index\s*="),
}


def used_in(text: str) -> list[str]:
    """Return the removed names that the text of a strategy uses, each once."""
    found = [f"np.{name}" for name in _OF_NUMPY.findall(text)] + [
        f"pd.{name}" for name in _OF_PANDAS.findall(text)
    ]
    found += [name for name, pattern in _CALLS.items() if pattern.search(text)]
    return list(dict.fromkeys(found))
