"""Score sheets in the workshop room, and their moderation.

:mod:`own` is what an assessor has to score, and :mod:`saving` files what they saved, once however often it is sent.
:mod:`progress` says what keeps the sheets of a candidate sealed; :mod:`moderating` lays revealed sheets beside each
other and computes what a change of levels would change. Pages read the record through :mod:`reading`. Sealed levels
are shown to their own assessor only.
"""
