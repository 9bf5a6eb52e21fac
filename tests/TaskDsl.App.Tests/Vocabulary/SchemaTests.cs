using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using TaskDsl.App.Sessions;
using TaskDsl.Vocabulary;
using YamlDotNet.RepresentationModel;

namespace TaskDsl.App.Tests.Vocabulary;

public sealed partial class SchemaTests
{
    public static TheoryData<string> Kinds => ["task", "prompt", "recipe", "pipeline"];

    /// <summary>The YAML files of the repository that must be right.</summary>
    public static TheoryData<string> Files =>
        [
            .. ((string[])["examples", "tests/RealData", "tests/TaskDsl.App.Tests/desk", "tests/TaskDsl.Tests/Tasks"])
                .SelectMany(folder => Directory.GetFiles(Path.Combine(Desk.Repository, folder), "*.yaml", SearchOption.AllDirectories))
                .Select(file => Path.GetRelativePath(Desk.Repository, file))
                .Where(file => !file.Split('/').Intersect(["bin", "obj", "runs"]).Any())
                .Order(StringComparer.Ordinal),
        ];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_committed_schema_is_current(string kind)
    {
        // Written by: dotnet run --project examples/FinanceDesk -- schema --out schema
        var committed = File.ReadAllText(Path.Combine(Desk.Repository, "schema", $"{kind}.schema.json"));
        Assert.Equal(JsonSchema.Write(Words.Of(typeof(TaskApp).Assembly), kind), committed);
    }

    [Fact]
    public void Every_kind_of_words_has_a_current_table_in_one_page()
    {
        // Written by: dotnet run --project examples/FinanceDesk -- schema --out schema --docs README.md docs/*.md
        var words = Words.Of(typeof(TaskApp).Assembly);
        var tables = new List<string>();
        foreach (var page in (string[])[Desk.Repository + "/README.md", .. Directory.GetFiles(Desk.Repository + "/docs", "*.md")])
        {
            var committed = File.ReadAllText(page);
            Assert.Equal(WordTable.Write(words, committed), committed);
            tables.AddRange(TableOfWords().Matches(committed).Select(table => table.Groups["kind"].Value));
        }

        Assert.Equal(words.Kinds.Select(Words.WordOf), tables.Order(StringComparer.Ordinal));
    }

    /// <summary>Whatever an editor completes, a page says: of each kind of file, and of each kind of words, all properties.</summary>
    [Fact]
    public void Every_property_stands_in_a_table_of_one_page()
    {
        var words = Words.Of(typeof(TaskApp).Assembly);
        var pages = string.Concat(Directory.GetFiles(Desk.Repository + "/docs", "*.md").Select(File.ReadAllText));
        var kinds = words.Kinds.Where(kind => words.Choices(kind).Any(choice => Words.Properties(choice.Type).Any()));
        Assert.Equal(
            words.Documents.Select(document => document.Kind).Concat(kinds.Select(Words.WordOf)).Order(StringComparer.Ordinal),
            TableOfProperties().Matches(pages).Select(table => table.Groups["kind"].Value).Order(StringComparer.Ordinal)
        );
        var rows = RowOfProperty().Matches(pages).Select(row => row.Groups["key"].Value).ToHashSet();
        var choices = words.Kinds.SelectMany(words.Choices).Select(choice => choice.Word).ToHashSet();
        var known = Kinds.SelectMany(kind => Keys(JsonNode.Parse(JsonSchema.Write(words, kind.Data))!)).Except(choices).ToList();
        Assert.True(known.Count > 150, $"{known.Count} properties");
        Assert.Empty(known.Except(rows));

        static IEnumerable<string> Keys(JsonNode node) =>
            node switch
            {
                JsonArray items => items.SelectMany(item => Keys(item!)),
                JsonObject map => map.Where(p => p.Value is not null)
                    .SelectMany(p =>
                        p is { Key: "properties", Value: JsonObject named } ? named.Select(n => n.Key).Concat(Keys(named)) : Keys(p.Value!)
                    ),
                _ => [],
            };
    }

    [Theory]
    [InlineData(
        "<!-- properties: recipes -->\n<!-- end of words -->",
        "there are no words of the kind 'recipes'; expected one of answer_format, "
    )]
    [InlineData("<!-- properties: recipe -->\nno end", "<!-- properties: recipe --> has no end: ")]
    [InlineData(
        "<!-- words: optimiser -->\n<!-- end of words -->",
        "there are no words of the kind 'optimiser'; expected one of answer_format, "
    )]
    [InlineData("<!-- words: metric -->\nno end", "<!-- words: metric --> has no end: write <!-- end of words --> behind the words.")]
    [InlineData("<!-- list: split -->\n<!-- words: metric -->\n<!-- end of words -->", "<!-- list: split --> has no end: ")]
    public async Task A_table_that_cannot_be_written_is_told_with_its_file(string markdown, string error)
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder.In("a.md"), markdown);
        var (code, output) = await Desk.RunAsync("schema", "--out", folder.Path, "--docs", folder.In("a.md"));
        Assert.Equal(ExitCode.Mistake, code);
        Assert.Contains($"a.md: {error}", output.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.Equal(markdown, await File.ReadAllTextAsync(folder.In("a.md")));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Files_that_compile_are_valid(string file)
    {
        var errors = await ValidateAsync(KindOf(file), await File.ReadAllTextAsync(Path.Combine(Desk.Repository, file)));
        Assert.True(errors.Count == 0, string.Join('\n', errors));
    }

    /// <summary>Two words of one name are two: a stage and a decoding method.</summary>
    [Fact]
    public async Task Both_samples_have_their_own_properties()
    {
        const string Yaml = "pipeline: a\nsteps:\n  b:\n    generate: {model: m, task: t, from: a.jsonl, generation: {decoding: {sample: ";
        Assert.Empty(await ValidateAsync("pipeline", Yaml + "{top_p: 0.9}}}}\n    stages: [{sample: {fraction: 0.5}}]\n"));
        Assert.NotEmpty(await ValidateAsync("pipeline", Yaml + "{fraction: 0.5}}}}\n"));
        Assert.NotEmpty(await ValidateAsync("pipeline", Yaml + "{top_p: 0.9}}}}\n    stages: [{sample: {top_p: 0.9}}]\n"));
    }

    [Theory]
    [InlineData("recipe", "recipe: a\nmodel: m\ntasks: [t]\noptimiser: adamw\n")]
    [InlineData("recipe", "recipe: a\ntasks: [t]\n")]
    [InlineData("recipe", "recipe: a\nmodel: m\ntasks: [t]\nbatch: {rows: 0}\n")]
    [InlineData("recipe", "recipe: a\nmodel: m\ntasks: [t]\nbatch: {rows: many}\n")]
    [InlineData("recipe", "recipe: a\nmodel: m\ntasks: [t]\ntuning: lara\n")]
    [InlineData("recipe", "recipe: a\nmodel: m\ntasks: [t]\ntuning: {lora: {rank: 0}}\n")]
    [InlineData("recipe", "recipe: a\nmodel: m\ntasks: [t]\ntuning: {lora: {}, full: {}}\n")]
    [InlineData("recipe", "recipe: a\nmodel: m\ntasks: [t]\nprecision: float8\n")]
    [InlineData("recipe", "recipe: a\nmodel: m\ntasks: t\n")]
    [InlineData("pipeline", "pipeline: a\nsteps: {b: {train: {recipe: r, sed: 1}}}\n")]
    [InlineData("pipeline", "pipeline: a\nsteps: {b: {train: r, evaluate: {models: [m], tasks: [t]}}}\n")]
    [InlineData("pipeline", "pipeline: a\nsteps: {b: {stages: [shuffle]}}\n")]
    [InlineData("task", "task: a\ninput: {x: text}\noutput: {y: label}\nmetric: [accuracy]\n")]
    [InlineData("task", "task: a\ninput: {x: text}\n")]
    [InlineData("prompt", "prompt: a\ntask: t\nlanguage: {en: {user: [x]}}\n")]
    public async Task Wrong_ones_are_not(string kind, string yaml) => Assert.NotEmpty(await ValidateAsync(kind, yaml));

    [Fact]
    public async Task The_verb_writes_every_kind()
    {
        using var folder = new TempFolder();
        var (code, _) = await Desk.RunAsync("schema", "--out", folder.Path);
        Assert.Equal(ExitCode.Success, code);
        foreach (var kind in Kinds.Select(row => row.Data))
            Assert.Contains("\"description\"", await File.ReadAllTextAsync(folder.In($"{kind}.schema.json")), StringComparison.Ordinal);
    }

    [GeneratedRegex("<!-- words: (?<kind>[a-z_]+) -->")]
    private static partial Regex TableOfWords();

    [GeneratedRegex("<!-- properties: (?<kind>[a-z_]+) -->")]
    private static partial Regex TableOfProperties();

    [GeneratedRegex(@"^\| `(?:[^`| ]*\.)?(?<key>[a-z0-9_]+)` \|", RegexOptions.Multiline)]
    private static partial Regex RowOfProperty();

    private static string KindOf(string file) => Path.GetFileName(file).Split('.')[^2];

    private static async Task<IReadOnlyList<string>> ValidateAsync(string kind, string yaml)
    {
        var schema = await NJsonSchema.JsonSchema.FromJsonAsync(JsonSchema.Write(Words.Of(typeof(SchemaTests).Assembly), kind));
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return [.. schema.Validate(Json(stream.Documents[0].RootNode)).Select(e => $"{e.Path}: {e.Kind}")];
    }

    /// <summary>YAML's core types, as an editor's language server reads them.</summary>
    private static string Json(YamlNode node) =>
        node switch
        {
            YamlMappingNode map => $"{{{string.Join(",", map.Select(p => $"{Quoted((YamlScalarNode)p.Key)}:{Json(p.Value)}"))}}}",
            YamlSequenceNode items => $"[{string.Join(",", items.Select(Json))}]",
            YamlScalarNode { Style: not YamlDotNet.Core.ScalarStyle.Plain } quoted => Quoted(quoted),
            YamlScalarNode { Value: null or "" or "~" or "null" } => "null",
            YamlScalarNode { Value: "true" or "false" } truth => truth.Value!,
            YamlScalarNode { Value: var text } => double.TryParse(
                text,
                System.Globalization.NumberStyles.Float,
                System.Globalization.CultureInfo.InvariantCulture,
                out var number
            ) && double.IsFinite(number)
                ? number.ToString("R", System.Globalization.CultureInfo.InvariantCulture)
                : Quoted((YamlScalarNode)node),
            _ => throw new NotSupportedException(node.GetType().Name),
        };

    private static string Quoted(YamlScalarNode node) => System.Text.Json.JsonSerializer.Serialize(node.Value);
}
