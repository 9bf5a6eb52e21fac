namespace TaskDsl.HuggingFace.ChatTemplates.Jinja;

// What stands in tags, operators by their precedence.
internal sealed partial class Parser
{
    /// <summary>One expression, or several with commas between, which are a tuple.</summary>
    private Expression ParseTuple(bool conditional = true, string? endsWith = null, bool parentheses = false)
    {
        var begin = Current.At;
        var items = new List<Expression>();
        var tuple = false;
        while (!EndsTuple(endsWith))
        {
            items.Add(conditional ? ParseExpression() : ParseOr());
            if (!Skip(","))
                break;
            tuple = true;
        }

        if (!tuple && items.Count == 1)
            return items[0];
        if (!tuple && !parentheses)
            throw Bad($"expected an expression, got {Current}.");
        return new TupleOf(begin, items);
    }

    private bool EndsTuple(string? endsWith) =>
        Current.Kind is TokenKind.PrintEnd or TokenKind.TagEnd or TokenKind.End
        || Current.Is(TokenKind.Operator, ")")
        || (endsWith is not null && IsName(endsWith));

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
        while (Current is var token && SkipName("or"))
            left = new Logic(token.At, false, Inner(left), ParseAnd());
        return left;
    }

    private Expression ParseAnd()
    {
        var left = ParseNot();
        while (Current is var token && SkipName("and"))
            left = new Logic(token.At, true, Inner(left), ParseNot());
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
        if (!Current.Is(TokenKind.Operator, "~"))
            return first;
        var parts = new List<Expression> { first };
        while (Skip("~"))
            parts.Add(ParseProduct());
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
                while (Current.Kind == TokenKind.Text)
                    text += tokens[at++].Text;
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
            if (items.Count > 0)
                Expect(TokenKind.Operator, ",");
            if (Skip("]"))
                break;
            items.Add(ParseExpression());
        }

        return new ListOf(begin.At, items);
    }

    private DictOf ParseDict(Token begin)
    {
        var items = new List<(Expression, Expression)>();
        while (!Skip("}"))
        {
            if (items.Count > 0)
                Expect(TokenKind.Operator, ",");
            if (Skip("}"))
                break;
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
                    TokenKind.Number when attribute.Value is long => new ItemOf(
                        token.At,
                        Inner(value),
                        new Constant(attribute.At, attribute.Value)
                    ),
                    _ => throw new JinjaException(attribute.At, $"expected a name, got {attribute}."),
                };
            }
            else if (Skip("["))
            {
                var index = ParseIndex();
                if (Current.Is(TokenKind.Operator, ","))
                    throw Bad("an index of several parts is not supported.");
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
        if (!Skip(":"))
            return from!;
        var to = EndsIndex() ? null : ParseExpression();
        var step = Skip(":") && !EndsIndex() ? ParseExpression() : null;
        return new Slice(begin, from, to, step);

        bool EndsIndex() => Current is { Kind: TokenKind.Operator, Text: ":" or "]" or "," };
    }

    private Expression ParseFilters(Expression? value)
    {
        while (true)
        {
            if (Skip("|"))
                value = ParseFilter(value is null ? null : Inner(value));
            else if (value is null)
                throw Bad($"expected a filter, got {Current}.");
            else if (IsName("is"))
                value = ParseTest(Inner(value));
            else if (Current.Is(TokenKind.Operator, "("))
                value = new Call(Current.At, Inner(value), ParseArguments());
            else
                return value;
        }
    }

    private FilterOf ParseFilter(Expression? value)
    {
        var name = ExpectName();
        if (!Filters.Has(name.Text))
            throw new JinjaException(
                name.At,
                $"the filter '{name.Text}' is not supported; supported are {string.Join(", ", Filters.Names)}."
            );
        return new FilterOf(name.At, value, name.Text, Current.Is(TokenKind.Operator, "(") ? ParseArguments() : ArgumentList.None);
    }

    private Expression ParseTest(Expression value)
    {
        at++;
        var negated = SkipName("not");
        var name = Current;
        at++;
        if (name.Kind != TokenKind.Name)
            throw new JinjaException(name.At, $"expected a test's name, got {name}.");
        if (!Tests.Has(name.Text))
            throw new JinjaException(name.At, $"the test '{name.Text}' is not supported; supported are {string.Join(", ", Tests.Names)}.");
        var arguments = ArgumentList.None;
        if (Current.Is(TokenKind.Operator, "("))
        {
            arguments = ParseArguments();
        }
        else if (
            (
                Current.Kind is TokenKind.Text or TokenKind.Number
                || Current is { Kind: TokenKind.Operator, Text: "[" or "{" }
                || Current.Kind == TokenKind.Name
            ) && !(IsName("else") || IsName("or") || IsName("and"))
        )
        {
            if (IsName("is"))
                throw Bad("tests cannot follow one another; use 'and'.");
            arguments = new ArgumentList([ParsePostfix(ParsePrimary())], [], null, null);
        }

        Expression test = new TestOf(name.At, value, name.Text, arguments);
        return negated ? new Unary(name.At, "not", test) : test;
    }

    private ArgumentList ParseArguments()
    {
        var (positional, named) = (new List<Expression>(), new List<(string, Expression)>());
        Expression? rest = null,
            namedRest = null;
        Expect(TokenKind.Operator, "(");
        for (var first = true; !Skip(")"); first = false)
        {
            if (!first)
            {
                Expect(TokenKind.Operator, ",");
                if (Skip(")"))
                    break;
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
                if (!holds)
                    throw new JinjaException(token.At, "an argument stands behind one that must be the last.");
            }
        }

        return new ArgumentList(positional, named, rest, namedRest);
    }
}
