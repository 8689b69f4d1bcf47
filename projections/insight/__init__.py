"""What the record says about its own assessments: rates, agreement and severity, and an outcome computed again.

Pure functions of states of the domain. They are diagnostics: no rule asks them, and none of them decides anything.
"""
