using TaskDsl.App.Drafting.Looking;
using TaskDsl.App.Sessions;

namespace TaskDsl.App.Drafting;

/// <summary>What the columns of a set are taken for, and why.</summary>
internal sealed record Guess
{
    private const int MostInputs = 4;

    /// <summary>The column of the answers.</summary>
    public required Column Answer { get; init; }

    /// <summary>Why it is taken for the answer, as a clause.</summary>
    public required string Why { get; init; }

    /// <summary>Other columns that could be the answer, the likeliest first.</summary>
    public IReadOnlyList<Column> OtherAnswers { get; init; } = [];

    /// <summary>The columns of the input.</summary>
    public IReadOnlyList<Column> Inputs { get; init; } = [];

    /// <summary>The column that says what records belong together; null where none does.</summary>
    public Column? Group { get; init; }

    /// <summary>The column that says the official part of each record; null where none does.</summary>
    public Column? Part { get; init; }

    /// <summary>A text that is the same in every record: what is asked. Null where there is none.</summary>
    public string? Instruction { get; init; }

    /// <summary>The columns that are passed over.</summary>
    public IReadOnlyList<Column> Ignored { get; init; } = [];

    /// <summary>Takes the columns for something.</summary>
    /// <param name="profile">The columns.</param>
    /// <param name="isShaped">Whether the records have a layout of others', which says what the answer is.</param>
    /// <param name="chosen">The column that was said to be the answer; null where none was.</param>
    public static Guess Of(Profile profile, bool isShaped, Column? chosen)
    {
        // A column without a name can be no field.
        var all = profile.Columns.Where(column => column.Name.Length > 0).ToList();
        if (all.Count == 0)
            throw new UserException("no column has a name, so that no field can be read from one.");
        var part = all.Find(column => column != chosen && ColumnRole.IsPart(column));
        var usable = all.Where(column => column != part && DraftField.Of("x", column, false) is not null).ToList();
        var texts = usable.Count(ColumnRole.IsText);
        var scores = usable.Select((column, i) => (Column: column, Score: Score(column, (double)i / usable.Count, texts))).ToList();
        var ranked = scores.Where(s => s.Score > double.MinValue).OrderByDescending(s => s.Score).Select(s => s.Column).ToList();
        var answer = chosen
            ?? (isShaped ? all.Find(column => column.Name == Records.Answer) : null)
            ?? (ranked is [var best, ..] ? best : all.OrderBy(ColumnRole.IsKey).ThenByDescending(column => column.Present).First());
        var group = isShaped ? null : Grouping(usable, answer, profile.Rows);
        var constant = all.Find(column => column != answer && IsInstruction(column, profile.Rows));
        var inputs = isShaped
            ? OfShape(all, answer)
            : Asked([.. usable.Where(column => column != answer && column != group && column != constant)], ColumnRole.IsEntities(answer));
        return new Guess
        {
            Answer = answer,
            Why =
                chosen is not null ? "the command says so"
                : isShaped ? "the layout says so"
                : Because(answer, all.Count == 1),
            OtherAnswers =
                chosen is not null || isShaped
                    ? []
                    : [.. ranked.Where(c => c != answer && c != group && !inputs.Contains(c)).Where(IsLikely).Take(4)],
            Inputs = inputs,
            Group = group,
            Part = part,
            Instruction = constant?.Values.Known?[0].Key,
            Ignored = [.. profile.Columns.Where(c => c != answer && c != group && !inputs.Contains(c))],
        };
    }

    // How much a column looks like an answer; what names a record, a moment or an address never is one.
    private static double Score(Column column, double place, int texts)
    {
        var isLabel = ColumnRole.IsCategory(column) || ColumnRole.IsNumberedCategory(column);
        if (
            column.Values.Known is { Count: 1 }
            || (ColumnRole.IsKey(column) && !isLabel)
            || column.Mostly(column.Dates)
            || column.Mostly(column.Links)
            || ColumnRole.IsNameOfPerson(column.Name)
            || (ColumnRole.IsGroup(column) && !isLabel)
        )
            return double.MinValue;
        var form =
            ColumnRole.IsEntities(column) ? 8
            : ColumnRole.IsCategories(column) ? 5
            : ColumnRole.IsCategory(column) ? 4
            : column.Bools > 0 || column.Logical == column.Present ? 3
            : ColumnRole.IsNumberedCategory(column) ? 2
            : column.Objects > 0 ? -3
            : column.Numeric == column.Present ? -1
            : texts == 1 && ColumnRole.IsText(column) ? -3 // What is asked about.
            : 0;
        return ColumnRole.NameOfAnswer(column.Name) + form + 2 * place;
    }

    private static bool IsLikely(Column column) =>
        ColumnRole.NameOfAnswer(column.Name) >= 6
        || (ColumnRole.NameOfAnswer(column.Name) >= 0 && (ColumnRole.IsCategory(column) || ColumnRole.IsCategories(column)));

    private static string Because(Column column, bool isAlone) =>
        isAlone ? "there is no other column"
        : ColumnRole.NameOfAnswer(column.Name) >= 6 ? $"its name says so, and {Form(column)}"
        : $"{Form(column)}, and nothing fits better";

    private static string Form(Column column) =>
        ColumnRole.IsEntities(column) ? "it lists pieces of the text with their kinds"
        : ColumnRole.IsCategories(column) ? "it lists some of a few values"
        : ColumnRole.IsCategory(column) || ColumnRole.IsNumberedCategory(column)
            ? $"it has {column.Values.Distinct} values that come again and again"
        : column.Bools > 0 || column.Logical == column.Present ? "it is true or false"
        : column.Numeric == column.Present ? "it is a number"
        : column.Lists > 0 ? "it is a list"
        : column.Objects > 0 ? "it is an object"
        : "it is a text";

    private static bool IsInstruction(Column column, long rows) =>
        rows > 5 && column.Texts == rows && column.Values.Known is { Count: 1 } known && known[0].Key.Length < Values.Longest;

    private static Column? Grouping(List<Column> columns, Column answer, long rows) =>
        columns.Find(column =>
            column != answer
            && ColumnRole.IsGroup(column)
            && column.Present == rows
            && column.Values.Distinct is >= 10 and var groups
            && groups * 10 <= rows * 9
        );

    // Of the parts of a layout: what its only field is read from, or all that was said where there were several turns.
    private static IReadOnlyList<Column> OfShape(List<Column> columns, Column answer)
    {
        var named = columns.Where(c => c != answer && c.Present > 0).ToDictionary(c => c.Name, StringComparer.Ordinal);
        if (named.GetValueOrDefault("dialogue") is { } dialogue)
            return [named.GetValueOrDefault("user") is { } user && user.Present == dialogue.Present ? user : dialogue];
        return named.GetValueOrDefault("instruction") is { Values.Known: { Count: 1 } }
            && named.GetValueOrDefault("input") is { } input
            && named.GetValueOrDefault("prompt") is { } both
            && input.Present == both.Present
                ? [input]
            : named.GetValueOrDefault("prompt") is { } prompt ? [prompt]
            : [];
    }

    // Texts are asked about; where there are none, whatever is no number of the record.
    private static IReadOnlyList<Column> Asked(List<Column> columns, bool isCopied)
    {
        var possible = columns
            .Where(c => !ColumnRole.IsKey(c) && !ColumnRole.IsNameOfPerson(c.Name) && ColumnRole.NameOfAnswer(c.Name) is < 10 and > -4)
            .Where(c => c.Values.Known is not { Count: 1 } || c.Texts < c.Present)
            .ToList();
        var texts = possible.Where(c => ColumnRole.IsText(c) || IsRecordOfText(c)).Where(c => !ColumnRole.IsCategory(c)).ToList();
        if (texts.Count == 0)
            texts = possible.Where(c => c.Texts == c.Present && !c.Mostly(c.Dates) && !c.Mostly(c.Links)).ToList();
        if (isCopied)
        {
            var copied = texts.Find(c => Naming.Last(c.Name) is "text" or "sentence") ?? texts.Find(c => c.Texts == c.Present);
            return copied is null ? [] : [copied];
        }

        // Of many those with the most text, in the order of the file.
        var longest = texts.OrderByDescending(c => c.Characters.Quantile(0.5)).Take(MostInputs).ToHashSet();
        return [.. texts.Where(longest.Contains)];
    }

    private static bool IsRecordOfText(Column column) =>
        column.Objects == column.Present && column.Present > 0 && column.Members.Any(member => ColumnRole.IsText(member));
}
