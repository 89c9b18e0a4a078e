"""Own: a person's own file, from the draft of its mapping to records.

From a file ``sniff``, ``profile``, ``guess`` and ``words`` feed ``draft``, which writes a mapping in TOML. From a
mapping ``mapping`` reads what was declared, ``file`` the cells; ``table`` lays them out as records, and ``fates``
tells what every value became.
"""
