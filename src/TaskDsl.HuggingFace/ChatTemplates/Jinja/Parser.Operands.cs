namespace TaskDsl.HuggingFace.ChatTemplates.Jinja;

internal sealed partial class Parser
{
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
