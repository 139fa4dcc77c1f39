"""Numeric version order and the "simple" constraint syntax of Monogres' indexes.

Versions are digits separated by dots; pre-releases are refused. Order is by number: 16.10 is newer than 16.9.
"""

def _parts(text, where):
    parts = text.split(".")
    for part in parts:
        if not part.isdigit():
            fail("%s: found version %r, allowed: digits separated by dots, such as 16.9" % (where, text))
    return [int(part) for part in parts]

def newest_first(versions, where):
    """Sorts version names by number, newest first."""
    return [version for _, version in sorted([(_parts(version, where), version) for version in versions], reverse = True)]

# Longest first: `<=` must not be read as `<`.
_OPERATORS = ["==", "!=", "<=", ">=", "<", ">", "="]

def _holds(version, clause, where):
    operator = ""
    for candidate in _OPERATORS:
        if clause.startswith(candidate):
            operator = candidate
            break
    bound = clause[len(operator):].strip()
    if bound == "*" and operator in ["", "=", "==", ">="]:
        return True
    if not bound.replace(".*", "").replace(".", "").isdigit():
        fail("%s: found clause %r, allowed: =, !=, <, <=, >, >= and a version, or *" % (where, clause))
    bound_parts = _parts(bound[:-2] if bound.endswith(".*") else bound, where)

    # A partial bound names the whole series: 17.7 is equal to 17, not above it.
    head = version[:len(bound_parts)]
    if operator == "!=":
        return head != bound_parts
    if operator == "<":
        return head < bound_parts
    if operator == "<=":
        return head <= bound_parts
    if operator == ">":
        return head > bound_parts
    if operator == ">=":
        return head >= bound_parts
    return head == bound_parts

def matches(version, spec, where):
    """Whether a version satisfies a constraint such as `>=14, <17`: every clause must hold."""
    parts = _parts(version, where)
    for clause in spec.split(","):
        if not _holds(parts, clause.strip(), where):
            return False
    return True
