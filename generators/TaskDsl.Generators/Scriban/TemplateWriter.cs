using System.Text;
using TaskDsl.Generators.Emission;
using TaskDsl.Generators.Scriban.Terms;
using TaskDsl.Generators.Scriban.Types;

namespace TaskDsl.Generators.Scriban;

/// <summary>Writes the statements of a compiled template; literals that follow each other become one.</summary>
internal sealed class TemplateWriter(TemplateScope scope)
{
    private readonly StringBuilder literal = new();
    private string literalIndent = "";
    private List<string> lines = [];
    private bool indents;

    /// <summary>The blocks that are open.</summary>
    public int Depth { get; private set; }

    /// <summary>What is written before each line that begins.</summary>
    public string Indent { get; set; } = "";

    /// <summary>All statements, one a line.</summary>
    public IReadOnlyList<string> Finish()
    {
        Flush();
        return indents ? ["var template = buffer.Length;", .. lines] : lines;
    }

    /// <summary>Appends text that is known.</summary>
    public void Literal(string text)
    {
        if (text.Length == 0)
            return;
        if (literal.Length > 0 && literalIndent != Indent)
            Flush();
        literalIndent = Indent;
        literal.Append(text);
    }

    /// <summary>Appends a value as Scriban prints it; false where it does not print.</summary>
    public bool Append(Term term)
    {
        switch (term)
        {
            case NullTerm:
                return true;
            case TextTerm { Constant: { } known }:
                Literal(known);
                return true;
            case NumberTerm { Constant: { } known }:
                Literal(Convert.ToString(known, System.Globalization.CultureInfo.InvariantCulture));
                return true;
            case BoolTerm { Constant: { } known }:
                Literal(known ? "true" : "false");
                return true;
            case TextTerm { Join: var (list, separator) }:
                var end = BeginIndented();
                AppendItems(
                    list,
                    separator.Constant is { } text
                        ? text.Length == 0
                            ? null
                            : $"buffer.Append({Utf8(text)});"
                        : $"buffer.Append({separator.Code});",
                    (item, _) => AppendPlain(item),
                    "item"
                );
                end();
                return true;
            case ListTerm list when Prints(list.Item):
                var endList = BeginIndented();
                if (list.NullTest is { } test)
                    Open($"if (!({test}))");
                AppendList(list);
                if (list.NullTest is not null)
                    Close();
                endList();
                return true;
            case ListTerm or RecordTerm:
                return false;
            default:
                var endPlain = BeginIndented();
                AppendPlain(term);
                endPlain();
                return true;
        }
    }

    /// <summary>Keeps a value under a name.</summary>
    public Term Local(string name, Term term)
    {
        if (term is NullTerm or TextTerm { Constant: not null } or NumberTerm { Constant: not null } or BoolTerm { Constant: not null })
            return term;
        var local = scope.Fresh(name);
        var test = term.NullTest is null ? null : $"{local} is null";
        switch (term)
        {
            case TextTerm text when text.NullTest is null:
                Line($"var {local} = {text.Code};");
                return new TextTerm(local) { IsSpan = text.IsSpan };
            case TextTerm text:
                Line($"var {local} = {text.AsString};");
                return new TextTerm(local) { NullTest = test };
            case NumberTerm number:
                Line($"var {local} = {number.Code};");
                return new NumberTerm(local, number.IsWhole) { NullTest = test };
            case BoolTerm truth:
                Line($"var {local} = {truth.Code};");
                return new BoolTerm(local) { NullTest = test };
            case ListTerm list:
                Line($"var {local} = {list.Span};");
                return list with { Span = local };
            default:
                Line($"var {local} = {((RecordTerm)term).Code};");
                return (RecordTerm)term with { Code = local, NullTest = test };
        }
    }

    /// <summary>Writes a statement.</summary>
    public void Line(string line)
    {
        Flush();
        lines.Add(new string(' ', Depth * 4) + line);
    }

    /// <summary>Opens a block.</summary>
    public void Open(string head)
    {
        Line(head);
        Line("{");
        Depth++;
    }

    /// <summary>Closes a block.</summary>
    public void Close()
    {
        Flush();
        Depth--;
        Line("}");
    }

    /// <summary>Does something and forgets what it writes.</summary>
    public void Discard(Action action)
    {
        Flush();
        var (kept, hadIndents) = (lines, indents);
        lines = [];
        Depth++;
        action();
        Flush();
        Depth--;
        (lines, indents) = (kept, hadIndents);
    }

    private void AppendPlain(Term term)
    {
        foreach (var line in FunctionCall.AsText(term)!.Appends)
            Line(line);
    }

    // A list prints as ["a", 1, null].
    private void AppendList(ListTerm list)
    {
        Line("""buffer.Append("["u8);""");
        AppendItems(
            list,
            """buffer.Append(", "u8);""",
            (item, code) =>
            {
                switch (item)
                {
                    case TextTerm text:
                        Line($"buffer.AppendQuoted({text.AsString});");
                        break;
                    case ListTerm inner:
                        if (inner.NullTest is { } test)
                        {
                            Open($"if ({test})");
                            Line("""buffer.Append("null"u8);""");
                            Close();
                            Open("else");
                        }

                        AppendList(inner);
                        if (inner.NullTest is not null)
                            Close();
                        break;
                    default:
                        if (item.NullTest is { } isNull)
                        {
                            Line($"""if ({isNull}) buffer.Append("null"u8);""");
                            Line($"else buffer.Append({code});");
                        }
                        else
                        {
                            AppendPlain(item);
                        }

                        break;
                }
            },
            "item"
        );
        Line("""buffer.Append("]"u8);""");
    }

    private void AppendItems(ListTerm list, string? separate, Action<Term, string> append, string name)
    {
        var items = scope.Fresh($"{name}s");
        var index = scope.Fresh("i");
        Line($"var {items} = {list.Span};");
        Open($"for (var {index} = 0; {index} < {items}.Length; {index}++)");
        if (separate is not null)
            Line($"if ({index} > 0) {separate}");
        var code = $"{items}[{index}]";
        append(Term.Of(list.Item, code, list.HasNullItems), code);
        Close();
    }

    private static bool Prints(TemplateType type) =>
        type switch
        {
            ListType list => Prints(list.Item),
            RecordType => false,
            _ => true,
        };

    private void Flush()
    {
        if (literal.Length == 0)
            return;
        var text = literal.ToString();
        literal.Clear();
        var current = Indent;
        Indent = literalIndent;
        var end = BeginIndented();
        Line($"buffer.Append({Utf8(text)});");
        end();
        Indent = current;
    }

    private Action BeginIndented()
    {
        if (Indent.Length == 0)
            return static () => { };
        indents = true;
        var indent = Indent;
        var from = scope.Fresh("part");
        Line($"var {from} = buffer.Length;");
        return () => Line($"buffer.Indent(template, {from}, {Utf8(indent)});");
    }

    private static string Utf8(string text) => CodeWriter.Literal(Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text))) + "u8";
}
