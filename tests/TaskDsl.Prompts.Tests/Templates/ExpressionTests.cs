using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using CsCheck;
using Scriban;
using Scriban.Runtime;
using TaskDsl.Data;
using TaskDsl.Data.Stages;
using TaskDsl.Tasks;
using Xunit;

namespace TaskDsl.Prompts.Tests.Templates;

/// <summary>
/// What stages compute from examples is what Scriban computes: the YAML through the whole generator, against Scriban's evaluation.
/// </summary>
public class ExpressionTests
{
    private const string Fields = """
        task: sample
        languages: [en, zh]
        input:
          text: text
          note: text?
          count: int
          maybe: int?
          score: float
          ratio: float?
          flag: bool
          perhaps: bool?
          items: list<text>
          extras: list<text>?
        output:
          color: {type: label, labels: {red: {surfaces: {en: Red, zh: 红}}, dark_green: {}, blue: {}}}
          tint: {type: label?, labels: [red, blue]}
          numbers: list<int>
          colors: {type: labels, labels: [red, green]}
          person: {type: record, fields: {name: text, note: text?, age: int, tags: list<text>}}
          friend: {type: record?, fields: {name: text, age: int}}
        stages:

        """;

    private static readonly string[] Conditions =
    [
        "text.size > 3",
        "text | string.strip | string.size > 3 && flag",
        "color != 'red'",
        "color == 'dark_green' || tint == 'blue'",
        "tint != null && tint != 'red'",
        "language == 'zh'",
        "items.size == 2",
        "colors | array.contains 'red'",
        "(colors | array.size) >= 1 && !(extras)",
        "person.age > 18 && person.tags.size > 0",
        "friend",
        "!friend",
        "friend?.age > 10",
        "(note ?? 'none') == 'none'",
        "maybe",
        "perhaps",
        "perhaps == true",
        "count % 2 == 0",
        "score / 2 > 1",
        "(ratio ?? score) < 0.5",
        "text | string.contains 'o'",
        "note | string.empty",
        "numbers[0] == 3",
        "(numbers | array.last) > count",
        "count > 0 ? flag : perhaps",
        "text == note",
        "count == '7'",
        "(text | string.downcase) == (text | string.upcase)",
        "true",
        "1 > 2",
    ];

    private static readonly string[] Texts =
    [
        "text",
        "note",
        "color",
        "tint",
        "language + '/' + color",
        "count",
        "score",
        "flag",
        "maybe",
        "colors | array.join '+'",
        "items | array.first",
        "person.name",
        "friend?.name",
        "note ?? text | string.upcase",
        "count > 3 ? 'many' : 'few'",
        "text.size",
        "'constant'",
        "math.round (score * 10)",
    ];

    private static readonly string[] Templates =
    [
        "{{ text | string.strip }}",
        "{{ color }}: {{ tint }}{{ if friend }} and {{ friend.name }}{{ end }}",
        "{{ for item in items }}{{ item }};{{ end }}",
        "{{ person.name }} ({{ person.age }}) {{ person.tags | array.join ',' }}",
        "{{ language }}{{ count + 1 }}{{ maybe }}",
        "plain",
        "",
        "{{ x = text | string.downcase; x }}\n{{ for c in colors }}{{ for.index }}{{ c }} {{ end }}",
        "{{ colors }}{{ numbers }}",
    ];

    [Fact]
    public void Conditions_hold_where_Scriban_says_so() =>
        Compare("filter", Conditions, Condition, (expression, script) => IsTrue(Evaluate(expression, script)));

    [Fact]
    public void Random_conditions_hold_where_Scriban_says_so()
    {
        // What names the prompt's labels or the sample's own words has no meaning here.
        var conditions = RandomTemplates
            .Condition.Array[160]
            .Single()
            .Where(c => !c.Contains("labels", StringComparison.Ordinal))
            .Distinct()
            .ToArray();
        var refused = Lines(conditions, "filter").Refused;
        Assert.True(refused.Count < conditions.Length * 0.4, $"{refused.Count} of {conditions.Length} were refused");
        Compare("filter", [.. conditions.Where((_, i) => !refused.Contains(i))], Condition, (expression, script) =>
            IsTrue(Evaluate(expression, script))
        );
    }

    [Fact]
    public void Texts_are_what_Scriban_prints() =>
        Compare(
            "balance",
            Texts,
            (task, i, example) => ((Balance)task.Stages[i]).By.Of(example) ?? "",
            (expression, script) => Print("{{ " + expression + " }}", script)
        );

    [Fact]
    public void Templates_are_what_Scriban_renders() =>
        Compare("map: {text: ", Templates, (task, i, example) => ((Map)task.Stages[i]).Fields["text"].Of(example), Print);

    private static object Condition(DslTask task, int index, Example example) => ((Filter)task.Stages[index]).Where.Of(example);

    private static void Compare(
        string stage,
        string[] expressions,
        Func<DslTask, int, Example, object> compiled,
        Func<string, ScriptObject, object?> scriban
    )
    {
        var (task, refused) = Lines(expressions, stage);
        Assert.Empty(refused);
        var compared = 0;
        var failures = new List<string>();
        foreach (var (language, json) in Records())
        {
            var reader = new RecordReader(Encoding.UTF8.GetBytes(json), null, textValues: false, language);
            var example = task!.ReadExample(ref reader, language) with { Language = language };
            var script = Script(json, language);
            for (var i = 0; i < expressions.Length; i++)
            {
                // Scriban throws on members of nothing and on division by zero.
                if (scriban(expressions[i], script) is not { } expected)
                    continue;
                var actual = compiled(task, i, example);
                compared++;
                if (!expected.Equals(actual))
                    failures.Add($"{expressions[i]} over {json}\n  Scriban:  {expected}\n  compiled: {actual}");
            }
        }

        Assert.True(failures.Count == 0, string.Join('\n', failures));
        Assert.True(compared > expressions.Length * 2, $"only {compared} were compared");
    }

    /// <summary>The task with a stage for each expression, and the expressions that do not compile.</summary>
    private static (DslTask? Task, HashSet<int> Refused) Lines(string[] expressions, string stage)
    {
        var close = stage.Contains('{', StringComparison.Ordinal) ? "}" : "";
        var yaml =
            Fields
            + string.Concat(
                expressions.Select(e => $"  - {stage}{(close.Length > 0 ? "" : ": ")}{JsonSerializer.Serialize(e, Relaxed)}{close}\n")
            );
        var first = Fields.Count(c => c == '\n');
        var (task, lines) = Desk.CompileTask(yaml, "Sample");
        return (task, [.. lines.Select(line => line - first)]);
    }

    private static object? Evaluate(string expression, ScriptObject script)
    {
        try
        {
            var context = Context(script);
            return Template.Evaluate(expression, context) ?? false;
        }
        catch (Scriban.Syntax.ScriptRuntimeException)
        {
            return null;
        }
    }

    // As Scriban's own 'if' does.
    private static object? IsTrue(object? value) =>
        value is null ? null
        : value is bool truth ? truth
        : (object)true;

    private static string? Print(string template, ScriptObject script)
    {
        try
        {
            return Template.Parse(template).Render(Context(script));
        }
        catch (Scriban.Syntax.ScriptRuntimeException)
        {
            return null;
        }
    }

    private static TemplateContext Context(ScriptObject script)
    {
        var context = new TemplateContext { LoopLimit = 0, LimitToString = 0 };
        context.PushCulture(CultureInfo.InvariantCulture);
        context.PushGlobal(script);
        return context;
    }

    private static ScriptObject Script(string json, string language)
    {
        using var document = JsonDocument.Parse(json);
        var script = (ScriptObject)Value(document.RootElement)!;
        script["language"] = language;
        script["score"] = document.RootElement.GetProperty("score").GetDouble();
        if (script["ratio"] is not null)
            script["ratio"] = document.RootElement.GetProperty("ratio").GetDouble();
        return script;
    }

    private static object? Value(JsonElement element) =>
        element.ValueKind switch
        {
            JsonValueKind.Object => Object(element),
            JsonValueKind.Array => new ScriptArray(element.EnumerateArray().Select(Value)!),
            JsonValueKind.String => element.GetString(),
            JsonValueKind.Number => element.TryGetInt64(out var whole) ? whole : element.GetDouble(),
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => null,
        };

    private static ScriptObject Object(JsonElement element)
    {
        var script = new ScriptObject();
        foreach (var property in element.EnumerateObject())
            script[property.Name] = Value(property.Value);
        return script;
    }

    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static IEnumerable<(string Language, string Json)> Records() =>
        [
            (
                "en",
                """{"text":" Hello, World ","note":"a note","count":7,"maybe":3,"score":2.5,"ratio":-0.125,"flag":true"""
                    + ""","perhaps":false,"items":["one","two"],"extras":["x"],"color":"red","tint":"blue","numbers":[3,1,2]"""
                    + ""","colors":["red","green"],"person":{"name":"Ann","note":null,"age":30,"tags":["a","b"]}"""
                    + ""","friend":{"name":"Bob","age":4}}"""
            ),
            (
                "zh",
                """{"text":"","note":null,"count":0,"maybe":null,"score":0.0,"ratio":null,"flag":false,"perhaps":null,"items":[]"""
                    + ""","extras":null,"color":"dark_green","tint":null,"numbers":[],"colors":[]"""
                    + ""","person":{"name":"","note":"","age":0,"tags":[]},"friend":null}"""
            ),
            (
                "en",
                """{"text":"word","note":"","count":-12,"maybe":0,"score":0.1,"ratio":0.5,"flag":false,"perhaps":true"""
                    + ""","items":[""],"extras":[],"color":"blue","tint":"red","numbers":[2147483647],"colors":["green"]"""
                    + ""","person":{"name":"é 中","note":"n","age":19,"tags":["q"]},"friend":{"name":"b","age":41}}"""
            ),
        ];
}
