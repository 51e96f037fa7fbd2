/*
 * The filter language of Milvus 2.6, as its clients write it. Alternatives of `expr` stand from the tightest binding to the loosest.
 * Everything that looks like a call is one alternative: which functions exist is said by FilterFunctions, not here.
 */
grammar Expression;

filter: expr EOF;

expr
    : literal                                                        # constant
    | field nullTest=(IS_NULL | IS_NOT_NULL)?                        # column
    | LBRACE IDENTIFIER RBRACE                                       # template
    | LPAREN expr RPAREN                                             # parens
    | LBRACKET (element (COMMA element)* COMMA?)? RBRACKET           # list
    | function=IDENTIFIER LPAREN (argument (COMMA argument)* COMMA?)? RPAREN # call
    | op=(ISO | INTERVAL) STRING                                     # time
    | EXISTS expr                                                    # exists
    | expr LIKE expr                                                 # like
    | expr op=POW expr                                               # arithmetic
    | op=(ADD | SUB | BIT_NOT | NOT) expr                            # unary
    | expr op=(MUL | DIV | MOD) expr                                 # arithmetic
    | expr op=(ADD | SUB) expr                                       # arithmetic
    | expr op=(SHIFT_LEFT | SHIFT_RIGHT) expr                        # arithmetic
    | expr NOT? IN expr                                              # in
    | expr op=(LT | LE | GT | GE) expr                               # relational
    | expr op=(EQ | NE) expr                                         # equality
    | expr op=BIT_AND expr                                           # arithmetic
    | expr op=BIT_XOR expr                                           # arithmetic
    | expr op=BIT_OR expr                                            # arithmetic
    | expr op=AND expr                                               # logical
    | expr op=OR expr                                                # logical
    ;

literal: INTEGER | FLOATING | BOOLEAN | STRING | RAW_STRING;

/* A plain literal is tried first: long lists consist of nothing else. */
element: sign=SUB? literal | expr;

field: name=(IDENTIFIER | META) (LBRACKET keys+=(INTEGER | STRING | RAW_STRING) RBRACKET)*;

argument: (name=IDENTIFIER ASSIGN)? expr;

LPAREN: '(';
RPAREN: ')';
LBRACKET: '[';
RBRACKET: ']';
LBRACE: '{';
RBRACE: '}';
COMMA: ',';
LT: '<';
LE: '<=';
GT: '>';
GE: '>=';
EQ: '==';
NE: '!=';
ASSIGN: '=';
ADD: '+';
SUB: '-';
MUL: '*';
DIV: '/';
MOD: '%';
POW: '**';
SHIFT_LEFT: '<<';
SHIFT_RIGHT: '>>';
BIT_AND: '&';
BIT_OR: '|';
BIT_XOR: '^';
BIT_NOT: '~';
AND: '&&' | 'and' | 'AND';
OR: '||' | 'or' | 'OR';
NOT: '!' | 'not' | 'NOT';
IN: 'in' | 'IN';
LIKE: 'like' | 'LIKE';
EXISTS: 'exists' | 'EXISTS';
ISO: 'iso' | 'ISO';
INTERVAL: 'interval' | 'INTERVAL';
IS_NULL: 'is' SPACE+ 'null' | 'IS' SPACE+ 'NULL';
IS_NOT_NULL: 'is' SPACE+ 'not' SPACE+ 'null' | 'IS' SPACE+ 'NOT' SPACE+ 'NULL';
BOOLEAN: 'true' | 'True' | 'TRUE' | 'false' | 'False' | 'FALSE';

INTEGER: [1-9] DIGIT* | '0' [0-7]* | '0' [xX] HEX+ | '0' [bB] [01]+;
FLOATING
    : DIGIT+ '.' DIGIT* EXPONENT?
    | '.' DIGIT+ EXPONENT?
    | DIGIT+ EXPONENT
    | '0' [xX] (HEX+ '.'? HEX* | '.' HEX+) [pP] [+-]? DIGIT+
    ;
META: '$meta';
IDENTIFIER: [\p{L}_] [\p{L}\p{M}\p{N}_]*;
STRING: '"' (~["\\\r\n] | '\\' .)* '"' | '\'' (~['\\\r\n] | '\\' .)* '\'';
RAW_STRING: [rR] ('"' (~["\\\r\n] | '\\' ~[\r\n])* '"' | '\'' (~['\\\r\n] | '\\' ~[\r\n])* '\'');

BLANK: SPACE+ -> skip;
/* Leaves the complaint to the parser, which knows where it is. */
UNEXPECTED: .;

fragment SPACE: [ \t\r\n];
fragment DIGIT: [0-9];
fragment HEX: [0-9a-fA-F];
fragment EXPONENT: [eE] [+-]? DIGIT+;
