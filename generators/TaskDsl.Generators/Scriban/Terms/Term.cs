using TaskDsl.Generators.Scriban.Types;

namespace TaskDsl.Generators.Scriban.Terms;

/// <summary>
/// An expression of a template, typed and written in C#. <see cref="NullTest"/> is the C# condition under which it is null; where there
/// is none it never is.
/// </summary>
public abstract record Term
{
    /// <summary>The C# condition under which it is null; null where it never is.</summary>
    public string? NullTest { get; init; }

    /// <summary>What it is, in words for an error.</summary>
    public abstract string Description { get; }

    /// <summary>A variable or field of a type, from the C# that yields it.</summary>
    public static Term Of(TemplateType type, string code, bool isNullable)
    {
        var test = isNullable ? $"{code} is null" : null;
        return type switch
        {
            NumberType { IsInt: true } => new NumberTerm(isNullable ? $"(long?){code}" : $"(long){code}", IsWhole: true)
            {
                NullTest = test,
            },
            NumberType number => new NumberTerm(code, number.IsWhole) { NullTest = test },
            BoolType => new BoolTerm(code) { NullTest = test },
            LabelType label => isNullable
                ? new TextTerm($"{Functions.Text}.Word({label.Words}, (int?){code})") { NullTest = test, Labels = label.Known }
                : new TextTerm($"{label.Words}[(int){code}]") { Labels = label.Known },
            ListType list => new ListTerm(isNullable ? $"{Functions.List}.Items({code})" : $"{code}.AsSpan()", list.Item)
            {
                NullTest = test,
                HasNullItems = list.HasNullItems,
            },
            WrittenType written => new TextTerm($"{written.Method}({code})") { NullTest = test },
            RecordType record => new RecordTerm(code, record) { NullTest = test },
            _ => new TextTerm(code) { NullTest = test },
        };
    }
}
