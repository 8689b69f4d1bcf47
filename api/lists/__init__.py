"""Lists that answer the questions of a secretariat and its auditors: declared once, for pages, API and commands.

Each question reads the log anew, up to the position that was known at the moment asked about (docs/decisions/0063).
"""
