"""Trust: whether an answer would survive another reasonable way of asking."""
