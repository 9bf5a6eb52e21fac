using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Scriban.Runtime;
using TaskDsl.Generators.Scriban;
using TaskDsl.Generators.Scriban.Types;
using TaskDsl.Generators.Values;
using TaskDsl.Tasks;

namespace TaskDsl.Prompts.Tests.Templates;

public enum Color
{
    Red,
    Green,
    Blue,
}

public sealed record Person(string Name, string? Note, int Age, ValueList<string> Tags);

/// <summary>An input with a field of every kind, for templates to name.</summary>
public sealed record Sample(
    string Text,
    string? Note,
    int Count,
    int? Maybe,
    double Score,
    double? Ratio,
    bool Flag,
    bool? Perhaps,
    Color Color,
    Color? Tint,
    ValueList<string> Items,
    ValueList<string>? Extras,
    ValueList<int> Numbers,
    ValueList<double> Scores,
    LabelSet<Color> Colors,
    ValueList<Entity<Color>> Entities,
    Person Person,
    Person? Friend,
    ValueList<Person> People,
    DateOnly Day,
    DateOnly? Due,
    ValueList<DateOnly> Days
)
{
    public static readonly string[] Words = ["red", "dark green", "蓝色"];

    private static readonly LabelType Label = new("global::TaskDsl.Prompts.Tests.Templates.Sample.Words");

    // What a field type of its own would have: a method beside it that writes the text.
    private static readonly WrittenType Date = new("global::TaskDsl.Prompts.Tests.Templates.Sample.Written");

    private static readonly RecordType PersonType = new(
        Fields(
            new("name", "Name", TemplateType.Text),
            new("note", "Note", TemplateType.Text, true),
            new("age", "Age", TemplateType.Int),
            new("tags", "Tags", new ListType(TemplateType.Text))
        )
    );

    public static TemplateScope Scope() =>
        new(
            "input",
            Fields(
                new("text", "Text", TemplateType.Text),
                new("note", "Note", TemplateType.Text, true),
                new("count", "Count", TemplateType.Int),
                new("maybe", "Maybe", TemplateType.Int, true),
                new("score", "Score", TemplateType.Real),
                new("ratio", "Ratio", TemplateType.Real, true),
                new("flag", "Flag", TemplateType.Bool),
                new("perhaps", "Perhaps", TemplateType.Bool, true),
                new("color", "Color", Label),
                new("tint", "Tint", Label, true),
                new("items", "Items", new ListType(TemplateType.Text)),
                new("extras", "Extras", new ListType(TemplateType.Text), true),
                new("numbers", "Numbers", new ListType(TemplateType.Int)),
                new("scores", "Scores", new ListType(TemplateType.Real)),
                new("colors", "Colors", new ListType(Label)),
                new(
                    "entities",
                    "Entities",
                    new ListType(
                        new RecordType(Fields(new("kind", "Kind", Label), new("text", "Text", TemplateType.Text))) { IsValue = true }
                    )
                ),
                new("person", "Person", PersonType),
                new("friend", "Friend", PersonType, true),
                new("people", "People", new ListType(PersonType)),
                new("day", "Day", Date),
                new("due", "Due", Date, true),
                new("days", "Days", new ListType(Date))
            ),
            Constants
        );

    public static IReadOnlyDictionary<string, object> Constants { get; } =
        new Dictionary<string, object>
        {
            ["language"] = "en",
            ["labels"] = new List<string> { "yes", "no", "\"maybe\"" },
        };

    /// <summary>The same values as Scriban sees them.</summary>
    public ScriptObject ToScript()
    {
        var script = new ScriptObject
        {
            ["text"] = Text,
            ["note"] = Note,
            ["count"] = (long)Count,
            ["maybe"] = (long?)Maybe,
            ["score"] = Score,
            ["ratio"] = Ratio,
            ["flag"] = Flag,
            ["perhaps"] = Perhaps,
            ["color"] = Words[(int)Color],
            ["tint"] = Tint is { } tint ? Words[(int)tint] : null,
            ["items"] = List(Items),
            ["extras"] = Extras is null ? null : List(Extras),
            ["numbers"] = List(Numbers.Select(n => (long)n)),
            ["scores"] = List(Scores),
            ["colors"] = List(Colors.Select(c => Words[(int)c])),
            ["entities"] = List(Entities.Select(e => new ScriptObject { ["kind"] = Words[(int)e.Kind], ["text"] = e.Text })),
            ["person"] = Script(Person),
            ["friend"] = Friend is null ? null : Script(Friend),
            ["people"] = List(People.Select(Script)),
            ["day"] = Written(Day),
            ["due"] = Written(Due),
            ["days"] = List(Days.Select(day => Written(day))),
        };
        foreach (var (name, value) in Constants)
            script[name] = value is List<string> list ? List(list) : value;
        return script;
    }

    [return: NotNullIfNotNull(nameof(date))]
    public static string? Written(DateOnly? date) => date?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static ScriptObject Script(Person person) =>
        new()
        {
            ["name"] = person.Name,
            ["note"] = person.Note,
            ["age"] = (long)person.Age,
            ["tags"] = List(person.Tags),
        };

    private static ScriptArray List<T>(IEnumerable<T> items) => new(items.Cast<object>());

    private static EquatableArray<TemplateField> Fields(params TemplateField[] fields) => new(fields);
}
