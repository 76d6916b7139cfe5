"""The foundry's command: from a folder of labelled pictures to a pack.

  python -m models.foundry --help

A thin layer over models/tools, whose modules do each step; here are the config, what may be done again and what is
there already, the look at the pictures, the search, and networks of other frameworks.
"""
