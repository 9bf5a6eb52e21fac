namespace TaskDsl.HuggingFace.ChatTemplates.Jinja;

// Tags, and the text between them.
internal sealed partial class Parser
{
    /// <summary>
    /// Statements up to a tag of one of some names, which is left to the caller; without names, up to the template's end.
    /// </summary>
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
                    if (ends.IsEmpty)
                        return body;
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
            "else" or "elif" or "endif" or "endfor" or "endset" or "endmacro" or "endcall" or "endfilter" or "endwith" or "endgeneration" =>
                throw new JinjaException(tag.At, $"'{tag.Text}' closes nothing that is open here."),
            var other => throw new JinjaException(
                tag.At,
                $"the tag '{other}' is not supported; supported are if, for, set, macro, call, filter, with, raw, generation, break "
                    + "and continue."
            ),
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
            if (next == "endif")
                return new If(tag.At, branches);
            condition = next == "elif" ? ParseTuple(conditional: false) : null;
        }
    }

    private For ParseFor(Token tag)
    {
        var each = ParseTarget(endsWithIn: true);
        if (!SkipName("in"))
            throw Bad($"expected 'in', got {Current}.");
        var source = ParseTuple(conditional: false, endsWith: "recursive");
        var where = SkipName("if") ? ParseExpression() : null;
        if (IsName("recursive"))
            throw Bad("'recursive' loops are not supported.");
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
        if (Skip("="))
            return new Set(tag.At, target, ParseTuple());
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
        if (ParseExpression() is not Call call)
            throw new JinjaException(tag.At, "'call' needs a call of a macro.");
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
            if (variables.Count > 0)
                Expect(TokenKind.Operator, ",");
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
            if (parameters.Count > 0)
                Expect(TokenKind.Operator, ",");
            var name = ExpectName();
            var otherwise = Skip("=") ? ParseExpression() : null;
            if (otherwise is null && parameters.Exists(p => p.Default is not null))
                throw new JinjaException(name.At, $"the parameter '{name.Text}' without a default stands behind one with a default.");
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
            if (endsWithIn ? IsName("in") : !(Current.Kind == TokenKind.Name || Current.Is(TokenKind.Operator, "(")))
                break;
            items.Add(ParseOneTarget());
            if (!Skip(","))
                break;
            tuple = true;
        }

        if (items.Count == 0)
            throw Bad($"expected a variable's name, got {Current}.");
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
        if (name.Text is "true" or "false" or "none" or "True" or "False" or "None" or "not" or "loop")
            throw new JinjaException(name.At, $"nothing can be assigned to '{name.Text}'.");
        return Skip(".") ? new AttributeTarget(name.At, name.Text, ExpectName().Text) : new NameTarget(name.At, name.Text);
    }
}
