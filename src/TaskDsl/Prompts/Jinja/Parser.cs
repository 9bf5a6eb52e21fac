using System.Runtime.CompilerServices;

namespace TaskDsl.Prompts.Jinja;

/// <summary>Turns tokens into statements, by Jinja's own grammar.</summary>
internal sealed class Parser
{
    /// <summary>So deep no template of use is, and the same one is refused on every machine, whatever its stack.</summary>
    private const int Deepest = 1000;

    private readonly IReadOnlyList<Token> tokens;
    private int at;
    private int loops;
    private int depth;

    private Parser(IReadOnlyList<Token> tokens) => this.tokens = tokens;

    private Token Current => tokens[at];

    /// <summary>Reads a template.</summary>
    /// <exception cref="JinjaException">It is broken, or needs what is not supported.</exception>
    public static IReadOnlyList<Statement> Parse(string template)
    {
        var parser = new Parser(Lexer.Read(template));
        try
        {
            return parser.ParseBody([], new Position(1, 1), "");
        }
        catch (InsufficientExecutionStackException)
        {
            throw parser.TooDeep();
        }
    }

    /// <summary>Statements up to a tag of one of some names, which is left to the caller; without names, up to the template's end.</summary>
    private List<Statement> ParseBody(ReadOnlySpan<string> ends, Position begin, string tag)
    {
        var body = new List<Statement>();
        while (true)
        {
            var token = Current;
            switch (token.Kind)
            {
                case TokenKind.Data:
                    at++;
                    body.Add(new Literal(token.At, token.Text));
                    break;
                case TokenKind.PrintBegin:
                    at++;
                    body.Add(new Print(token.At, ParseTuple()));
                    Expect(TokenKind.PrintEnd, "}}");
                    break;
                case TokenKind.TagBegin when tokens[at + 1] is { Kind: TokenKind.Name } name && ends.Contains(name.Text):
                    at++;
                    return body;
                case TokenKind.TagBegin:
                    at++;
                    body.Add(ParseStatement());
                    Expect(TokenKind.TagEnd, "%}");
                    break;
                default:
                    if (ends.IsEmpty) return body;
                    throw new JinjaException(begin, $"'{tag}' is not closed: '{{% {ends[^1]} %}}' is missing.");
            }
        }
    }

    private List<Statement> ParseBlock(Token tag, string end)
    {
        Expect(TokenKind.TagEnd, "%}");
        var body = ParseBody([end], tag.At, tag.Text);
        at++;
        return body;
    }

    /// <summary>What runs when it is called, wherever that is.</summary>
    private List<Statement> ParseOutsideOfLoops(Token tag, string end)
    {
        (var around, loops) = (loops, 0);
        var body = ParseBlock(tag, end);
        loops = around;
        return body;
    }

    private Statement ParseStatement()
    {
        using var level = Deeper();
        var tag = ExpectName();
        return tag.Text switch
        {
            "if" => ParseIf(tag),
            "for" => ParseFor(tag),
            "set" => ParseSet(tag),
            "macro" => ParseMacro(tag),
            "call" => ParseCallBlock(tag),
            "filter" => ParseFilterBlock(tag),
            "with" => ParseWith(tag),
            "generation" => new With(tag.At, [], ParseBlock(tag, "endgeneration")),
            "break" when loops > 0 => new Jump(tag.At, Flow.Break),
            "continue" when loops > 0 => new Jump(tag.At, Flow.Continue),
            "break" or "continue" => throw new JinjaException(tag.At, $"'{tag.Text}' stands outside of a loop."),
            "else" or "elif" or "endif" or "endfor" or "endset" or "endmacro" or "endcall" or "endfilter" or "endwith" or "endgeneration" => throw new JinjaException(tag.At, $"'{tag.Text}' closes nothing that is open here."),
            var other => throw new JinjaException(tag.At, $"the tag '{other}' is not supported; supported are if, for, set, macro, call, filter, with, raw, generation, break and continue."),
        };
    }

    private If ParseIf(Token tag)
    {
        var branches = new List<(Expression?, IReadOnlyList<Statement>)>();
        var condition = ParseTuple(conditional: false);
        while (true)
        {
            Expect(TokenKind.TagEnd, "%}");
            branches.Add((condition, ParseBody(condition is null ? ["endif"] : ["elif", "else", "endif"], tag.At, "if")));
            var next = ExpectName().Text;
            if (next == "endif") return new If(tag.At, branches);
            condition = next == "elif" ? ParseTuple(conditional: false) : null;
        }
    }

    private For ParseFor(Token tag)
    {
        var each = ParseTarget(endsWithIn: true);
        if (!SkipName("in")) throw Bad($"expected 'in', got {Current}.");
        var source = ParseTuple(conditional: false, endsWith: "recursive");
        var where = SkipName("if") ? ParseExpression() : null;
        if (IsName("recursive")) throw Bad("'recursive' loops are not supported.");
        Expect(TokenKind.TagEnd, "%}");
        loops++;
        var body = ParseBody(["else", "endfor"], tag.At, "for");
        loops--;
        var otherwise = ExpectName().Text == "else" ? ParseBlock(tag, "endfor") : [];
        return new For(tag.At, each, source, where, body, otherwise);
    }

    private Statement ParseSet(Token tag)
    {
        var target = ParseTarget(endsWithIn: false);
        if (Skip("=")) return new Set(tag.At, target, ParseTuple());
        var filter = Current.Is(TokenKind.Operator, "|") ? (FilterOf)ParseFilters(null) : null;
        return new SetBlock(tag.At, target, filter, ParseBlock(tag, "endset"));
    }

    private MacroOf ParseMacro(Token tag)
    {
        var id = ExpectName().Text;
        var parameters = ParseParameters();
        return new MacroOf(tag.At, id, parameters, ParseOutsideOfLoops(tag, "endmacro"));
    }

    private CallBlock ParseCallBlock(Token tag)
    {
        var parameters = Current.Is(TokenKind.Operator, "(") ? ParseParameters() : [];
        if (ParseExpression() is not Call call) throw new JinjaException(tag.At, "'call' needs a call of a macro.");
        return new CallBlock(tag.At, new MacroOf(tag.At, "caller", parameters, ParseOutsideOfLoops(tag, "endcall")), call);
    }

    private FilterBlock ParseFilterBlock(Token tag)
    {
        var filter = (FilterOf)ParseFilters(ParseFilter(null));
        return new FilterBlock(tag.At, filter, ParseBlock(tag, "endfilter"));
    }

    private With ParseWith(Token tag)
    {
        var variables = new List<(Target, Expression)>();
        while (Current.Kind != TokenKind.TagEnd)
        {
            if (variables.Count > 0) Expect(TokenKind.Operator, ",");
            var target = ParseTarget(endsWithIn: false);
            Expect(TokenKind.Operator, "=");
            variables.Add((target, ParseExpression()));
        }

        return new With(tag.At, variables, ParseBlock(tag, "endwith"));
    }

    private List<Parameter> ParseParameters()
    {
        var parameters = new List<Parameter>();
        Expect(TokenKind.Operator, "(");
        while (!Skip(")"))
        {
            if (parameters.Count > 0) Expect(TokenKind.Operator, ",");
            var name = ExpectName();
            var otherwise = Skip("=") ? ParseExpression() : null;
            if (otherwise is null && parameters.Exists(p => p.Default is not null)) throw new JinjaException(name.At, $"the parameter '{name.Text}' without a default stands behind one with a default.");
            parameters.Add(new Parameter(name.Text, otherwise));
        }

        return parameters;
    }

    private Target ParseTarget(bool endsWithIn)
    {
        var begin = Current.At;
        var items = new List<Target>();
        var tuple = false;
        while (true)
        {
            if (endsWithIn ? IsName("in") : !(Current.Kind == TokenKind.Name || Current.Is(TokenKind.Operator, "("))) break;
            items.Add(ParseOneTarget());
            if (!Skip(",")) break;
            tuple = true;
        }

        if (items.Count == 0) throw Bad($"expected a variable's name, got {Current}.");
        return tuple ? new TupleTarget(begin, items) : items[0];
    }

    private Target ParseOneTarget()
    {
        using var level = Deeper();
        if (Skip("("))
        {
            var inner = ParseTarget(endsWithIn: false);
            Expect(TokenKind.Operator, ")");
            return inner;
        }

        var name = ExpectName();
        if (name.Text is "true" or "false" or "none" or "True" or "False" or "None" or "not" or "loop") throw new JinjaException(name.At, $"nothing can be assigned to '{name.Text}'.");
        return Skip(".") ? new AttributeTarget(name.At, name.Text, ExpectName().Text) : new NameTarget(name.At, name.Text);
    }

    /// <summary>One expression, or several with commas between, which are a tuple.</summary>
    private Expression ParseTuple(bool conditional = true, string? endsWith = null, bool parentheses = false)
    {
        var begin = Current.At;
        var items = new List<Expression>();
        var tuple = false;
        while (!EndsTuple(endsWith))
        {
            items.Add(conditional ? ParseExpression() : ParseOr());
            if (!Skip(",")) break;
            tuple = true;
        }

        if (!tuple && items.Count == 1) return items[0];
        if (!tuple && !parentheses) throw Bad($"expected an expression, got {Current}.");
        return new TupleOf(begin, items);
    }

    private bool EndsTuple(string? endsWith) =>
        Current.Kind is TokenKind.PrintEnd or TokenKind.TagEnd or TokenKind.End || Current.Is(TokenKind.Operator, ")") || (endsWith is not null && IsName(endsWith));

    private Expression ParseExpression()
    {
        using var level = Deeper();
        var then = ParseOr();
        while (IsName("if"))
        {
            var begin = Current.At;
            at++;
            var condition = ParseOr();
            then = new Conditional(begin, condition, Inner(then), SkipName("else") ? ParseExpression() : null);
        }

        return then;
    }

    private Expression ParseOr()
    {
        using var level = Deeper();
        var left = ParseAnd();
        while (Current is var token && SkipName("or")) left = new Logic(token.At, false, Inner(left), ParseAnd());
        return left;
    }

    private Expression ParseAnd()
    {
        var left = ParseNot();
        while (Current is var token && SkipName("and")) left = new Logic(token.At, true, Inner(left), ParseNot());
        return left;
    }

    private Expression ParseNot()
    {
        using var level = Deeper();
        var begin = Current.At;
        return SkipName("not") ? new Unary(begin, "not", ParseNot()) : ParseComparison();
    }

    private Expression ParseComparison()
    {
        var first = ParseSum();
        var rest = new List<(string, Expression)>();
        var begin = Current.At;
        while (true)
        {
            if (Current is { Kind: TokenKind.Operator, Text: "==" or "!=" or "<" or "<=" or ">" or ">=" } sign)
            {
                at++;
                rest.Add((sign.Text, ParseSum()));
            }
            else if (SkipName("in"))
            {
                rest.Add(("in", ParseSum()));
            }
            else if (IsName("not") && tokens[at + 1].Is(TokenKind.Name, "in"))
            {
                at += 2;
                rest.Add(("not in", ParseSum()));
            }
            else
            {
                return rest.Count == 0 ? first : new Comparison(begin, first, rest);
            }
        }
    }

    private Expression ParseSum()
    {
        var left = ParseConcatenation();
        while (Current is { Kind: TokenKind.Operator, Text: "+" or "-" } sign)
        {
            at++;
            left = new Binary(sign.At, sign.Text, Inner(left), ParseConcatenation());
        }

        return left;
    }

    private Expression ParseConcatenation()
    {
        var (begin, first) = (Current.At, ParseProduct());
        if (!Current.Is(TokenKind.Operator, "~")) return first;
        var parts = new List<Expression> { first };
        while (Skip("~")) parts.Add(ParseProduct());
        return new Concatenation(begin, parts);
    }

    private Expression ParseProduct()
    {
        var left = ParsePower();
        while (Current is { Kind: TokenKind.Operator, Text: "*" or "/" or "//" or "%" } sign)
        {
            at++;
            left = new Binary(sign.At, sign.Text, Inner(left), ParsePower());
        }

        return left;
    }

    private Expression ParsePower()
    {
        var left = ParseUnary(filters: true);
        while (Current.Is(TokenKind.Operator, "**"))
        {
            var begin = Current.At;
            at++;
            left = new Binary(begin, "**", Inner(left), ParseUnary(filters: true));
        }

        return left;
    }

    private Expression ParseUnary(bool filters)
    {
        using var level = Deeper();
        var sign = Current;
        var value = Skip("-") || Skip("+") ? new Unary(sign.At, sign.Text, ParseUnary(filters: false)) : ParsePrimary();
        value = ParsePostfix(value);
        return filters ? ParseFilters(value) : value;
    }

    private Expression ParsePrimary()
    {
        var token = Current;
        at++;
        switch (token.Kind)
        {
            case TokenKind.Name:
                return token.Text switch
                {
                    "true" or "True" => new Constant(token.At, true),
                    "false" or "False" => new Constant(token.At, false),
                    "none" or "None" => new Constant(token.At, null),
                    _ => new Name(token.At, token.Text),
                };
            case TokenKind.Text:
                var text = token.Text;
                while (Current.Kind == TokenKind.Text) text += tokens[at++].Text;
                return new Constant(token.At, new Text(text));
            case TokenKind.Number:
                return new Constant(token.At, token.Value);
            case TokenKind.Operator when token.Text == "(":
                var inner = ParseTuple(parentheses: true);
                Expect(TokenKind.Operator, ")");
                return inner;
            case TokenKind.Operator when token.Text == "[":
                return ParseList(token);
            case TokenKind.Operator when token.Text == "{":
                return ParseDict(token);
            default:
                at--;
                throw Bad($"expected an expression, got {token}.");
        }
    }

    private ListOf ParseList(Token begin)
    {
        var items = new List<Expression>();
        while (!Skip("]"))
        {
            if (items.Count > 0) Expect(TokenKind.Operator, ",");
            if (Skip("]")) break;
            items.Add(ParseExpression());
        }

        return new ListOf(begin.At, items);
    }

    private DictOf ParseDict(Token begin)
    {
        var items = new List<(Expression, Expression)>();
        while (!Skip("}"))
        {
            if (items.Count > 0) Expect(TokenKind.Operator, ",");
            if (Skip("}")) break;
            var key = ParseExpression();
            Expect(TokenKind.Operator, ":");
            items.Add((key, ParseExpression()));
        }

        return new DictOf(begin.At, items);
    }

    private Expression ParsePostfix(Expression value)
    {
        while (true)
        {
            var token = Current;
            if (Skip("."))
            {
                var attribute = Current;
                at++;
                value = attribute.Kind switch
                {
                    TokenKind.Name => new AttributeOf(token.At, Inner(value), attribute.Text),
                    TokenKind.Number when attribute.Value is long => new ItemOf(token.At, Inner(value), new Constant(attribute.At, attribute.Value)),
                    _ => throw new JinjaException(attribute.At, $"expected a name, got {attribute}."),
                };
            }
            else if (Skip("["))
            {
                var index = ParseIndex();
                if (Current.Is(TokenKind.Operator, ",")) throw Bad("an index of several parts is not supported.");
                Expect(TokenKind.Operator, "]");
                value = new ItemOf(token.At, Inner(value), index);
            }
            else if (token.Is(TokenKind.Operator, "("))
            {
                value = new Call(token.At, Inner(value), ParseArguments());
            }
            else
            {
                return value;
            }
        }
    }

    private Expression ParseIndex()
    {
        var begin = Current.At;
        var from = Current.Is(TokenKind.Operator, ":") ? null : ParseExpression();
        if (!Skip(":")) return from!;
        var to = EndsIndex() ? null : ParseExpression();
        var step = Skip(":") && !EndsIndex() ? ParseExpression() : null;
        return new Slice(begin, from, to, step);

        bool EndsIndex() => Current is { Kind: TokenKind.Operator, Text: ":" or "]" or "," };
    }

    private Expression ParseFilters(Expression? value)
    {
        while (true)
        {
            if (Skip("|")) value = ParseFilter(value is null ? null : Inner(value));
            else if (value is null) throw Bad($"expected a filter, got {Current}.");
            else if (IsName("is")) value = ParseTest(Inner(value));
            else if (Current.Is(TokenKind.Operator, "(")) value = new Call(Current.At, Inner(value), ParseArguments());
            else return value;
        }
    }

    private FilterOf ParseFilter(Expression? value)
    {
        var name = ExpectName();
        if (!Filters.Has(name.Text)) throw new JinjaException(name.At, $"the filter '{name.Text}' is not supported; supported are {string.Join(", ", Filters.Names)}.");
        return new FilterOf(name.At, value, name.Text, Current.Is(TokenKind.Operator, "(") ? ParseArguments() : ArgumentList.None);
    }

    private Expression ParseTest(Expression value)
    {
        at++;
        var negated = SkipName("not");
        var name = Current;
        at++;
        if (name.Kind != TokenKind.Name) throw new JinjaException(name.At, $"expected a test's name, got {name}.");
        if (!Tests.Has(name.Text)) throw new JinjaException(name.At, $"the test '{name.Text}' is not supported; supported are {string.Join(", ", Tests.Names)}.");
        var arguments = ArgumentList.None;
        if (Current.Is(TokenKind.Operator, "("))
        {
            arguments = ParseArguments();
        }
        else if ((Current.Kind is TokenKind.Text or TokenKind.Number || Current is { Kind: TokenKind.Operator, Text: "[" or "{" } || Current.Kind == TokenKind.Name) && !(IsName("else") || IsName("or") || IsName("and")))
        {
            if (IsName("is")) throw Bad("tests cannot follow one another; use 'and'.");
            arguments = new ArgumentList([ParsePostfix(ParsePrimary())], [], null, null);
        }

        Expression test = new TestOf(name.At, value, name.Text, arguments);
        return negated ? new Unary(name.At, "not", test) : test;
    }

    private ArgumentList ParseArguments()
    {
        var (positional, named) = (new List<Expression>(), new List<(string, Expression)>());
        Expression? rest = null, namedRest = null;
        Expect(TokenKind.Operator, "(");
        for (var first = true; !Skip(")"); first = false)
        {
            if (!first)
            {
                Expect(TokenKind.Operator, ",");
                if (Skip(")")) break;
            }

            var token = Current;
            if (Skip("**"))
            {
                Require(namedRest is null);
                namedRest = ParseExpression();
            }
            else if (Skip("*"))
            {
                Require(rest is null && namedRest is null);
                rest = ParseExpression();
            }
            else if (token.Kind == TokenKind.Name && tokens[at + 1].Is(TokenKind.Operator, "="))
            {
                at += 2;
                Require(namedRest is null);
                named.Add((token.Text, ParseExpression()));
            }
            else
            {
                Require(rest is null && namedRest is null && named.Count == 0);
                positional.Add(ParseExpression());
            }

            void Require(bool holds)
            {
                if (!holds) throw new JinjaException(token.At, "an argument stands behind one that must be the last.");
            }
        }

        return new ArgumentList(positional, named, rest, namedRest);
    }

    private bool IsName(string text) => Current.Is(TokenKind.Name, text);

    private bool SkipName(string text)
    {
        if (!IsName(text)) return false;
        at++;
        return true;
    }

    private bool Skip(string sign)
    {
        if (!Current.Is(TokenKind.Operator, sign)) return false;
        at++;
        return true;
    }

    private Token ExpectName() => Current.Kind == TokenKind.Name ? tokens[at++] : throw Bad($"expected a name, got {Current}.");

    private void Expect(TokenKind kind, string text)
    {
        if (Current.Kind != kind || (kind == TokenKind.Operator && Current.Text != text)) throw Bad($"expected '{text}', got {Current}.");
        at++;
    }

    private JinjaException Bad(string problem) => new(Current.At, problem);

    private JinjaException TooDeep() => Bad("the template is nested too deeply.");

    /// <summary>One level deeper, until the level is disposed.</summary>
    private Level Deeper()
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        var level = new Level(this, depth);
        return ++depth > Deepest ? throw TooDeep() : level;
    }

    /// <summary>What an operator of a chain takes: a chain is a tree as deep as it is long.</summary>
    private Expression Inner(Expression left) => ++depth > Deepest ? throw TooDeep() : left;

    private readonly ref struct Level(Parser parser, int depth)
    {
        public void Dispose() => parser.depth = depth;
    }
}
