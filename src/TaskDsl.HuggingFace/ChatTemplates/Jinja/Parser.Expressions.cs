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
}
