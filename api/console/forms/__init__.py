"""A form for every command of the domain, made from its schema.

:mod:`fields` says what is asked, :mod:`words` how, :mod:`lists` what one may choose from. :mod:`typed` holds the texts
of a page by the names of their inputs; :mod:`reading` makes the arguments of a command of them and :mod:`writing` is
the inverse: ``read(write(arguments)) == arguments``. :mod:`wrong` says at which input a refusal belongs, and
:mod:`form` is what the macros of ``console/fields.html`` show. Nothing here knows a request.

The name of an input is the path to its value: ``effective_from``, ``details.given_name``, ``criteria.0.name_en``.
"""
