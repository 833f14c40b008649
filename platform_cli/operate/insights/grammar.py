"""The grammar of Logs Insights' query language, for lark.

From the CloudWatch Logs user guide, "CloudWatch Logs Insights language query syntax", read in November 2026.
Words of the language are no names where the language wants one of them; elsewhere a field may be called so.
"""

GRAMMAR = r"""
query: "|"? _command ("|" _command)*

_command: fields | filter | parse | stats | sort | limit | dedup
fields: (FIELDS | DISPLAY) _columns
filter: (FILTER | WHERE) _expression
parse: PARSE [name] (STRING | REGEX) [AS _names]
stats: STATS columns [BY columns]
sort: SORT order ("," order)*
limit: LIMIT NUMBER
dedup: DEDUP _names

columns: _columns
_columns: column ("," column)*
column: _expression [AS name]
order: _expression [ASC | DESC]
_names: name ("," name)*

_expression: disjunction
?disjunction: conjunction (OR conjunction)*
?conjunction: negation (AND negation)*
?negation: NOT negation -> negated
    | comparison
?comparison: sum
    | sum COMPARED sum -> compared
    | sum [NOT] LIKE (STRING | REGEX) -> likeness
    | sum ALIKE (STRING | REGEX) -> alike
    | sum [NOT] IN "[" sum ("," sum)* "]" -> membership
?sum: product
    | sum (PLUS | MINUS) product -> arithmetic
?product: power
    | product (STAR | SLASH | PERCENT) power -> arithmetic
?power: unary
    | unary CARET power -> arithmetic
?unary: MINUS unary -> minus
    | atom
?atom: NUMBER -> number
    | PERIOD -> period
    | STRING -> text
    | name -> field
    | call
    | "(" _expression ")"
call: NAME "(" [_arguments] ")"
_arguments: _argument ("," _argument)*
_argument: STAR | _expression
name: NAME | QUOTED

FIELDS.2: /fields(?![\w.@])/i
DISPLAY.2: /display(?![\w.@])/i
FILTER.2: /filter(?![\w.@])/i
WHERE.2: /where(?![\w.@])/i
PARSE.2: /parse(?![\w.@])/i
STATS.2: /stats(?![\w.@])/i
SORT.2: /sort(?![\w.@])/i
LIMIT.2: /limit(?![\w.@])/i
DEDUP.2: /dedup(?![\w.@])/i
AS.2: /as(?![\w.@])/i
BY.2: /by(?![\w.@])/i
ASC.2: /asc(?![\w.@])/i
DESC.2: /desc(?![\w.@])/i
OR.2: /or(?![\w.@])/i
AND.2: /and(?![\w.@])/i
NOT.2: /not(?![\w.@])/i
LIKE.2: /like(?![\w.@])/i
IN.2: /in(?![\w.@])/i

COMPARED: "=" | "!=" | "<=" | ">=" | "<" | ">"
ALIKE.2: "=~"
PLUS: "+"
MINUS: "-"
STAR: "*"
SLASH: "/"
PERCENT: "%"
CARET: "^"

PERIOD.3: /\d+/ UNIT
UNIT: /(milliseconds?|msecs?|ms|seconds?|secs?|s|minutes?|mins?|months?|mons?|mos?|m)(?!\w)/i
    | /(hours?|hrs?|h|days?|d|weeks?|w|quarters?|qtrs?|q|years?|yrs?|y)(?!\w)/i
NUMBER.1: /\d+(\.\d+)?([eE][+-]?\d+)?/
STRING: /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/s
REGEX: /\/(?:[^\/\\\n]|\\.)+\//
NAME: /[@A-Za-z_$][\w@$]*(?:\.[\w@$]+)*/
QUOTED: /`[^`\n]+`/

%ignore /\s+/
%ignore /#[^\n]*/
"""
