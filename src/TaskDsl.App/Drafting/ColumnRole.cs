using TaskDsl.App.Drafting.Looking;

namespace TaskDsl.App.Drafting;

/// <summary>What a column seems to be by its values and its name, before it is known what the task asks for.</summary>
internal static class ColumnRole
{
    private const int MostLabels = 300;
    private const int LongestLabel = 100;

    // Shorter items of lists are tokens or terms.
    private const int ProseOfList = 40;
    private const int LongestName = 64;

    // Last words of names, in English and Chinese, that mostly name an answer; the first are nearly always one.
    private static readonly string[] Answers =
    [
        .. "label labels target output answer answers response completion chosen gold class category categories intent".Split(' '),
        .. "sentiment topic decision decisions verdict entities ner summary translation".Split(' '),
        .. "标签 类别 分类 答案 回答 意图 情感".Split(' '),
    ];

    private static readonly string[] Perhaps =
    [
        .. "type tag tags reply result results outcome rating grade priority status department queue stance emotion judgment".Split(' '),
        .. "judgement prediction highlights diagnosis charge spans facts slots reason score kind y stars price".Split(' '),
    ];

    private static readonly string[] Groups =
    [
        .. "id idx key doc document patient customer user author client account thread conversation dialogue session group article".Split(
            ' '
        ),
        .. "source url link page subject speaker company file filename case contract".Split(' '),
    ];

    private static readonly string[] Personal =
    [
        .. "email e_mail mail phone telephone tel mobile fax address street zip postcode ssn passport birthday birth_date dob".Split(' '),
        .. "date_of_birth iban surname firstname lastname username ip ip_address 姓名 电话 手机 邮箱 地址 身份证 身份证号".Split(' '),
    ];

    private static readonly string[] Persons =
    [
        .. "first last full user customer patient client contact author employee person sender recipient nick middle maiden".Split(' '),
    ];

    private static readonly string[] Beside =
    [
        "rejected",
        "pred",
        "predicted",
        "model",
        "source",
        "lang",
        "language",
        "annotator",
        "version",
    ];

    /// <summary>How much a name says that it is an answer's, from -4 to 10.</summary>
    public static int NameOfAnswer(string name)
    {
        var last = Naming.Last(name);
        return Answers.Contains(last) ? 10
            : Perhaps.Contains(last) ? 6
            : Beside.Contains(last) ? -4
            : 0;
    }

    /// <summary>Whether it names what several records have in common: a document, a patient.</summary>
    public static bool IsGroup(Column column) =>
        Groups.Contains(Naming.Last(column.Name))
        && column.Objects + column.Lists + column.Lines == 0
        && column.Characters.Longest <= 4 * LongestName;

    /// <summary>Whether a name is one of what is said of a person: a name, an address, a number.</summary>
    public static bool IsNameOfPerson(string name)
    {
        var words = Naming.Snake(name).Split('_');
        // More words are a question of a survey.
        if (words.Length > 3)
            return false;
        return words[^1] == "name"
            ? words.Length == 1 || Persons.Contains(words[^2])
            : Personal.Contains(words[^1]) || Personal.Contains(string.Join('_', words));
    }

    /// <summary>Whether its values are few, short, and come again and again: what labels are.</summary>
    public static bool IsCategory(Column column) =>
        column.Texts == column.Present
        && column.Values.Known is { Count: > 0 and <= MostLabels } known
        && column.Present >= 2 * known.Count
        && known.Count > 1
        && column.Lines == 0
        && column.Characters.Longest <= LongestLabel;

    /// <summary>Whether its values are a few whole numbers, as labels by number are.</summary>
    public static bool IsNumberedCategory(Column column) =>
        column.Whole == column.Present
        && column.Values.Known is { Count: > 1 and <= 10 } known
        && column.Present >= 5 * known.Count
        && column.Objects + column.Lists == 0;

    /// <summary>Whether each record has a list of a few labels.</summary>
    public static bool IsCategories(Column column) => column.Lists == column.Present && column.Items is { } items && IsCategory(items);

    /// <summary>Whether it is a list of entities, each a kind and a text.</summary>
    public static bool IsEntities(Column column) =>
        column.Lists == column.Present
        && column.Items is { IsOpen: false } items
        && items.Objects == items.Present
        && items.Members.Select(member => member.Name).Order(StringComparer.Ordinal).SequenceEqual(["kind", "text"])
        && items.Members.First(member => member.Name == "kind").Values.Known is { Count: > 0 and <= MostLabels };

    /// <summary>Whether each record has one of its own: a number or a name of the record.</summary>
    public static bool IsKey(Column column) =>
        column.Objects + column.Lists == 0
        && column.Present > 1
        && (column.Values.IsExact ? column.Values.Distinct == column.Present : column.Values.Distinct >= 0.95 * column.Present)
        && column.Spaced == 0
        && column.Characters.Longest <= LongestName
        && (column.Whole == column.Present || Naming.Last(column.Name) is "id" or "idx" or "key" or "uuid" or "guid" or "no" or "index");

    /// <summary>Whether it is prose: texts of several words, or lists of them.</summary>
    public static bool IsText(Column column) =>
        column.Lists > 0
            ? column.Lists == column.Present && column.Items is { } items && IsText(items) && items.Characters.Quantile(0.5) >= ProseOfList
            : column.Texts == column.Present
                && column.Present > 0
                && !column.Mostly(column.Links)
                && !column.Mostly(column.Dates)
                && !column.Mostly(column.Numeric)
                && (column.Mostly(column.Spaced, 0.3) || IsWide(column));

    // Scripts without spaces say in four signs what others say in words.
    private static bool IsWide(Column column) =>
        column.Scripts.Found is [{ Script: Script.Han or Script.Kana or Script.Thai }, ..] && column.Characters.Quantile(0.5) > 4;

    /// <summary>Whether its values are names of official parts.</summary>
    public static bool IsPart(Column column) =>
        column.Values.Known is { Count: > 1 and <= 4 } known && known.All(value => GivenFile.PartOf(value.Key) is not null);
}
