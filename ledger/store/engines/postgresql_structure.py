"""The form of a schema in PostgreSQL: the tables that this program makes, and nothing that acts on them.

Another trigger, rule or policy can change what is recorded next, or hide what is, while every row is right. What an
extension brings along is its own, as long as nothing in a table of the ledger uses it.
"""

import re
from collections.abc import Collection, Iterator
from itertools import chain
from typing import Any

from psycopg import Cursor
from sqlalchemy import CheckConstraint, Dialect, MetaData, PrimaryKeyConstraint, Table, UniqueConstraint
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex

_DIALECT: Dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
ENCODING = "UTF8"
_SCHEMA = "(SELECT oid FROM pg_namespace WHERE nspname = current_schema())"
# Each row is a kind, a name and a definition. The name of what belongs to a table begins with that of the table.
_OWN = (
    "NOT EXISTS (SELECT FROM pg_depend WHERE deptype = 'e' AND pg_depend.classid = '{0}'::regclass AND objid = {0}.oid)"
)
_OBJECTS = f"""
SELECT CASE relkind WHEN 'r' THEN 'table' WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view'
        WHEN 'S' THEN 'sequence' WHEN 'f' THEN 'foreign table' WHEN 'p' THEN 'partitioned table' ELSE 'relation' END,
    relname::text,
    concat_ws(', ', CASE relpersistence WHEN 'u' THEN 'unlogged' END, CASE WHEN relrowsecurity THEN 'row security' END,
        CASE WHEN EXISTS (SELECT FROM pg_inherits WHERE pg_class.oid IN (inhrelid, inhparent)) THEN 'inheritance' END)
    FROM pg_class WHERE relnamespace = {_SCHEMA} AND relkind NOT IN ('i', 'I', 't') AND {_OWN.format("pg_class")}
UNION ALL
SELECT 'column', relname || '.' || attname, concat_ws(' ', format_type(atttypid, atttypmod),
        CASE WHEN attcollation <> 0 AND attcollation <> 'pg_catalog."default"'::regcollation
            THEN 'COLLATE ' || attcollation::regcollation::text END,
        CASE WHEN attgenerated <> '' THEN 'GENERATED AS' WHEN atthasdef THEN 'DEFAULT' END,
        pg_get_expr(adbin, adrelid), CASE WHEN attidentity <> '' THEN 'IDENTITY' END,
        CASE WHEN attnotnull THEN 'NOT NULL' END)
    FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped
    LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
    WHERE relnamespace = {_SCHEMA} AND relkind = 'r' AND {_OWN.format("pg_class")}
UNION ALL
SELECT 'constraint', relname || '.' || pg_get_constraintdef(pg_constraint.oid), ''
    FROM pg_constraint JOIN pg_class ON conrelid = pg_class.oid WHERE relnamespace = {_SCHEMA} AND contype <> 'n'
UNION ALL
SELECT 'index', pg_class.relname || '.' || index.relname,
        concat(pg_get_indexdef(indexrelid, 0, true), CASE WHEN NOT indisvalid THEN ' INVALID' END)
    FROM pg_index JOIN pg_class ON indrelid = pg_class.oid JOIN pg_class AS index ON indexrelid = index.oid
    WHERE pg_class.relnamespace = {_SCHEMA} AND pg_class.relkind = 'r' AND {_OWN.format("pg_class")}
        AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
UNION ALL
SELECT 'trigger', relname || '.' || tgname, pg_get_triggerdef(pg_trigger.oid)
    FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid WHERE relnamespace = {_SCHEMA} AND NOT tgisinternal
UNION ALL
SELECT 'rule', relname || '.' || rulename, pg_get_ruledef(pg_rewrite.oid)
    FROM pg_rewrite JOIN pg_class ON pg_class.oid = ev_class WHERE relnamespace = {_SCHEMA} AND relkind = 'r'
UNION ALL
SELECT 'policy', relname || '.' || polname, ''
    FROM pg_policy JOIN pg_class ON pg_class.oid = polrelid WHERE relnamespace = {_SCHEMA}
UNION ALL
SELECT 'event trigger', evtname::text, evtevent::text FROM pg_event_trigger WHERE {_OWN.format("pg_event_trigger")}
UNION ALL
SELECT 'subscription', relname::text, srsubstate::text
    FROM pg_subscription_rel JOIN pg_class ON pg_class.oid = srrelid WHERE relnamespace = {_SCHEMA}
UNION ALL
SELECT 'function', oid::regprocedure::text, '' FROM pg_proc WHERE pronamespace = {_SCHEMA} AND {_OWN.format("pg_proc")}
UNION ALL
SELECT 'operator', oid::regoperator::text, ''
    FROM pg_operator WHERE oprnamespace = {_SCHEMA} AND {_OWN.format("pg_operator")}
UNION ALL
SELECT 'type', typname::text, '' FROM pg_type
    WHERE typnamespace = {_SCHEMA} AND typrelid = 0 AND typelem = 0 AND {_OWN.format("pg_type")}
UNION ALL
SELECT 'cast', castsource::regtype || ' AS ' || casttarget::regtype, ''
    FROM pg_cast WHERE oid >= 16384 AND {_OWN.format("pg_cast")}
UNION ALL
SELECT 'encoding', 'of the database', current_setting('server_encoding')
"""

# What PostgreSQL adds to the texts that it was given, and quotes that one of both leaves out.
_ADDED = re.compile(r'[()"]|::(text|integer|bigint)| USING btree')


def differences(stored: Cursor[Any], tables: MetaData) -> Iterator[str]:
    """How a schema differs in form from one that holds only these tables, a phrase each."""
    expected = {(kind, name): text for table in tables.tables.values() for kind, name, text in _definitions(table)}
    expected["encoding", "of the database"] = ENCODING.lower()
    found = {
        (kind, _plain(name) if kind == "constraint" else name): _plain(text)
        for kind, name, text in stored.execute(_OBJECTS).fetchall()
    }
    foreign, missing = _without(found, expected), _without(expected, found)
    for kind, name in foreign:
        yield f"{kind} {name} is not the ledger's"
    for kind, name in missing:
        yield f"{kind} {name} is missing"
    for kind, name in sorted(one for one in expected if found.get(one, expected[one]) != expected[one]):
        yield f"{kind} {name} is another one: {found[kind, name]}"


def _without(some: Collection[tuple[str, str]], others: Collection[tuple[str, str]]) -> list[tuple[str, str]]:
    """What is only among ``some``; of a table that is, nothing but the table."""
    only = sorted(one for one in some if one not in others)
    tables = {name for kind, name in only if kind.endswith("table")}
    return [(kind, name) for kind, name in only if name in tables or name.partition(".")[0] not in tables]


def _definitions(table: Table) -> Iterator[tuple[str, str, str]]:
    """A table and what belongs to it, as PostgreSQL describes them."""
    yield "table", table.name, ""
    for column in table.columns:
        text = f"{column.type.compile(_DIALECT)}{'' if column.nullable else ' NOT NULL'}"
        yield "column", f"{table.name}.{column.name}", _plain(text)
    for constraint in chain(table.constraints, *(column.constraints for column in table.columns)):
        if isinstance(constraint, CheckConstraint):
            text = f"CHECK {constraint.sqltext}"
        else:
            assert isinstance(constraint, PrimaryKeyConstraint | UniqueConstraint)
            kind = "PRIMARY KEY" if isinstance(constraint, PrimaryKeyConstraint) else "UNIQUE"
            text = f"{kind} {', '.join(constraint.columns.keys())}"
        yield "constraint", _plain(f"{table.name}.{text}"), ""
    for index in table.indexes:
        text = str(CreateIndex(index).compile(dialect=_DIALECT))
        yield "index", f"{table.name}.{index.name}", _plain(" ".join(text.split()))


def _plain(text: str) -> str:
    return _ADDED.sub("", text).lower().strip()
