"""Reports: a notebook run with typed parameters, published whole or not at all.

``asking`` says what is asked for, ``build`` what of it is stale, ``run`` executes (``execution``), tells (``page``)
and publishes it; ``comparison``, ``package`` and ``pdf`` take what stands further. The notebook machinery is at home
here and nowhere else.
"""

import sys

# Where jupyter-server is installed, jsonschema finds rfc3987_syntax and builds a grammar with it: more
# than a second of CPU in every process that imports nbformat, for a check of addresses in JSON that no
# notebook here needs. A None in this place makes that optional import fail at once, as it does where
# the package is absent. It must stand before the first import of nbformat, papermill or nbconvert.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
