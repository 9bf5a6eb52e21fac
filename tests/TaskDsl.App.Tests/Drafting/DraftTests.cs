using TaskDsl.Testing;

namespace TaskDsl.App.Tests.Drafting;

/// <summary>What is drafted from files that can be drafted from: it stands in the house's style, compiles at once, and trains.</summary>
public sealed class DraftTests
{
    private const int Width = 140;
    private static readonly string[] Queues = ["billing", "shipping", "technical"];

    public static TheoryData<string, string> Files =>
        new()
        {
            { "one_column.csv", DraftProject.Lines(60, i => DraftProject.Text(i), "text\n") },
            { "forty.csv", Forty() },
            { "numbers.csv", DraftProject.Lines(60, i => $"{DraftProject.Text(i)},{i % 3}", "text,label\n") },
            { "numbers.jsonl", DraftProject.Lines(60, i => $$"""{"text": "{{DraftProject.Text(i)}}", "label": {{i % 3}}}""") },
            {
                "logical.jsonl",
                DraftProject.Lines(60, i => $$"""{"text": "{{DraftProject.Text(i)}}", "spam": {{(i % 3 == 0 ? "true" : "false")}}}""")
            },
            { "html.csv", DraftProject.Lines(60, i => $"<p>{DraftProject.Text(i)}</p><br/>,{Queues[i % 3]}", "body,queue\n") },
            {
                "two.csv",
                DraftProject.Lines(
                    60,
                    i => $"{(i % 3 == 0 ? $"我的卡还没有到请帮忙{i}" : DraftProject.Text(i))},{Queues[i % 3]}",
                    "text,queue\n"
                )
            },
            { "nested.jsonl", Nested() },
            {
                "answers.jsonl",
                DraftProject.Lines(60, i =>
                    $$$"""{"text": "{{{DraftProject.Text(i)}}}", "result": {"queue": "{{{Queues[i % 3]}}}", "priority": {{{i % 4}}}}}"""
                )
            },
            { "alpaca.json", $"[{string.Join(",\n", Enumerable.Range(0, 60).Select(Alpaca))}]" },
            { "sharegpt.jsonl", DraftProject.Lines(60, ShareGpt) },
            { "people.conll", DraftProject.Lines(60, i => $"Mr O\nSmith{i} B-person\nsleeps O\n") },
            { "chars.txt", DraftProject.Lines(60, i => $"张 B-PER\n三 I-PER\n在 O\n北 B-LOC\n京 I-LOC\n{i} O\n") },
            { "semicolon.csv", DraftProject.Lines(60, i => $"{DraftProject.Text(i)};{Queues[i % 3]}", "Text;Kategorie\n") },
            { "tabs.csv", DraftProject.Lines(60, i => $"{DraftProject.Text(i)}\t{Queues[i % 3]}", "text\tqueue\n") },
            { "quoted.tsv", DraftProject.Lines(60, i => $"\"{DraftProject.Text(i)}\nand more\"\t{Queues[i % 3]}", "text\tqueue\n") },
            { "pandas.csv", DraftProject.Lines(60, i => $"{i},{DraftProject.Text(i)},{Queues[i % 3]}", ",text,queue\n") },
            { "excel.csv", DraftProject.Lines(60, i => $"{DraftProject.Text(i)};{Queues[i % 3]}", "sep=;\ntext;queue\n") },
            { "rows.csv", DraftProject.Lines(60, i => i % 9 == 0 ? "a,b,c,d" : $"{DraftProject.Text(i)},{Queues[i % 3]}", "text,queue\n") },
            {
                "broken.jsonl",
                DraftProject.Lines(60, i =>
                    i % 9 == 0 ? "{\"text\": " : $$"""{"text": "{{DraftProject.Text(i)}}", "queue": "{{Queues[i % 3]}}"}"""
                )
            },
            {
                "missing.csv",
                DraftProject.Lines(
                    60,
                    i => $"{(i % 5 == 0 ? "" : DraftProject.Text(i, 4))},{DraftProject.Text(i)},{(i % 7 == 0 ? "" : Queues[i % 3])}",
                    "title,text,queue\n"
                )
            },
            {
                "odd names.csv",
                DraftProject.Lines(
                    60,
                    i => $"{DraftProject.Text(i)},{DraftProject.Text(i + 1)},{(i % 2 == 0 ? "yes" : "\"no: #1, \"\"q\"\"\"")}",
                    "Für wen?,case,end\n"
                )
            },
            { "output.csv", DraftProject.Lines(60, i => $"{DraftProject.Text(i)},{Queues[i % 3]}", "labels_text,output\n") },
            { "price.csv", DraftProject.Lines(60, i => $"{DraftProject.Text(i)},{i}.5", "description,price\n") },
            { "same.csv", DraftProject.Lines(60, i => $"{DraftProject.Text(i)},only", "text,label\n") },
            {
                "kinds.jsonl",
                DraftProject.Lines(60, i => $$"""{"text": "the box {{i}}", "entities": [{"kind": "a: thing", "text": "box"}]}""")
            },
            {
                "tags.jsonl",
                DraftProject.Lines(60, i =>
                    $$"""{"text": "{{DraftProject.Text(i)}}", "tags": [{{(i % 2 == 0 ? "\"-\"" : "\"billing\", \"late\"")}}]}"""
                )
            },
        };

    [Theory]
    [MemberData(nameof(Files))]
    public async Task It_compiles_at_once_and_its_data_is_read(string file, string text)
    {
        using var project = new DraftProject().With($"data/{file}", text);
        await project.DraftAsync($"data/{file}");
        var catalog = project.Compiled();
        var task = Assert.Single(catalog.Tasks);
        using var data = await DatasetBuilder.LoadAsync(
            task,
            new() { ProjectDirectory = project.Path, RejectsDirectory = Path.Combine(project.Path, "runs") },
            TestContext.Current.CancellationToken
        );
        // What is left out is what the draft has told.
        Assert.True(data.Report.Kept >= 45, $"{data.Report.Kept} of {data.Report.Read}");
        Assert.All(Written(project, task.Name), page => Assert.All(page.Split('\n'), line => Assert.True(line.Length <= Width, line)));
    }

    [Fact]
    public async Task A_table_of_tickets()
    {
        using var project = new DraftProject().With("data/tickets.csv", Tickets());
        await project.DraftAsync("data/tickets.csv");
        Snapshot.Verify(string.Join('\n', Written(project, "tickets")));
        project.Compiled();
    }

    [Fact]
    public async Task Official_parts_beside_the_file_are_taken_along()
    {
        using var project = new DraftProject();
        foreach (var (part, first) in (ReadOnlySpan<(string, int)>)[("train", 0), ("dev", 50), ("test", 70)])
            project.With(
                $"data/people/{part}.tsv",
                DraftProject.Lines(part == "train" ? 60 : 20, i => $"Mr\tO\nSmith{first + i}\tB-person\nof\tO\nParis\tB-place\nsleeps\tO\n")
            );
        await project.DraftAsync("data/people/train.tsv");
        Snapshot.Verify(string.Join('\n', Written(project, "people")));
        project.Compiled();
    }

    [Fact]
    public async Task Keys_beside_a_document_are_its_official_test_part()
    {
        var records = Enumerable
            .Range(0, 60)
            .Select(i => $"\"k{i}\": {{\"text\": \"{DraftProject.Text(i)}\", \"queue\": \"{Queues[i % 3]}\"}}");
        using var project = new DraftProject()
            .With("data/all.json", $"{{{string.Join(",\n", records)}}}")
            .With("data/test_keys.json", "[\"k3\", \"k5\"]")
            .With("data/test_other.json", "[\"k3\", \"nobody\"]");
        await project.DraftAsync("data/all.json");
        Assert.Contains("    test_keys: data/test_keys.json\n", project.Read("tasks/all.task.yaml"), StringComparison.Ordinal);
        project.Compiled();
    }

    [Fact]
    public async Task A_conversation_is_read_by_its_shape()
    {
        using var project = new DraftProject().With(
            "data/chats.jsonl",
            DraftProject.Lines(60, i =>
                $$"""{"messages": [{"role": "system", "content": "You help."}, {"role": "user", "content": "{{DraftProject.Text(i)}}"}, """
                + $$"""{"role": "assistant", "content": "{{DraftProject.Text(i + 3)}}", "weight": 1}], "id": "c{{i}}"}"""
            )
        );
        await project.DraftAsync("data/chats.jsonl");
        Snapshot.Verify(string.Join('\n', Written(project, "chats")));
        project.Compiled();
    }

    [Theory]
    [InlineData("tickets.csv"), InlineData("people.conll"), InlineData("chats.json")]
    public async Task It_trains(string file)
    {
        using var project = new DraftProject().With(
            $"data/{file}",
            file switch
            {
                "tickets.csv" => Tickets(),
                "people.conll" => DraftProject.Lines(60, i => $"Mr O\nSmith{i} B-person\nsleeps O\n"),
                _ => $"[{string.Join(",\n", Enumerable.Range(0, 60).Select(Alpaca))}]",
            }
        );
        await project.DraftAsync($"data/{file}");
        string[] less = ["--set", "budget.epochs=0.1", "--set", "evaluation.limit=2"];
        var (code, printed) = await project.RunAsync(["train", Path.GetFileNameWithoutExtension(file), .. less]);
        Assert.True(code == 0, printed);
    }

    [Fact]
    public async Task The_answer_and_the_name_can_be_said()
    {
        using var project = new DraftProject().With("data/tickets.csv", Tickets());
        await project.DraftAsync("data/tickets.csv", "--answer", "subject", "--name", "Subject line");
        Assert.Contains(
            "  # Taken for the answer: column 'subject', because the command says so.\n",
            project.Read("tasks/subject_line.task.yaml"),
            StringComparison.Ordinal
        );
        project.Compiled();
    }

    [Theory]
    [InlineData("task"), InlineData("prompt"), InlineData("recipe")]
    public async Task Nothing_is_overwritten(string kind)
    {
        using var project = new DraftProject().With("data/tickets.csv", Tickets()).With($"{kind}s/tickets.{kind}.yaml", "# mine\n");
        var (code, printed) = await project.RunBareAsync("draft", "task", "data/tickets.csv");
        Assert.Equal(
            (1, $"error: {kind}s/tickets.{kind}.yaml is there already, and nothing is overwritten; say another name with --name."),
            (code, printed.Trim())
        );
        Assert.Equal("# mine\n", project.Read($"{kind}s/tickets.{kind}.yaml"));
        Assert.Equal(1, ((string[])["task", "prompt", "recipe"]).Count(other => project.Has($"{other}s/tickets.{other}.yaml")));
    }

    [Fact]
    public async Task It_is_the_same_each_time()
    {
        using var project = new DraftProject().With("data/tickets.csv", Tickets());
        await project.DraftAsync("data/tickets.csv", "--name", "one");
        await project.DraftAsync("data/tickets.csv", "--name", "two");
        Assert.Equal(
            Written(project, "one").Select(page => page.Replace("one", "two", StringComparison.Ordinal)),
            Written(project, "two").Select(page => page.Replace("one", "two", StringComparison.Ordinal))
        );
    }

    private static string[] Written(DraftProject project, string name) =>
        [.. ((string[])["task", "prompt", "recipe"]).Select(kind => project.Read($"{kind}s/{name}.{kind}.yaml"))];

    private static string Tickets() =>
        DraftProject.Lines(
            240,
            i =>
                $"{i},C{i % 40},m{i}@example.org,{DraftProject.Text(i, 3)},"
                + (
                    i == 7
                        ? "\"Please call +49 171 234 5678,\nor write to me@example.org\""
                        : DraftProject.Text(i is 9 ? 8 : i, i == 11 ? 700 : 12)
                )
                + $",{(i % 40 == 3 ? "Billing " : i == 50 ? "billings" : Queues[i % 3])},{Queues[i % 3][0]}1,2024-01-{i % 28 + 1:00}",
            "id,customer_id,email,subject,body,queue,queue_code,created\n"
        );

    private static string Forty()
    {
        var questions = Enumerable.Range(1, 37).ToList();
        return DraftProject.Lines(
            60,
            i => $"2024-01-01,{string.Join(',', questions.Select(q => $"v{(i + q) % 3}"))},{DraftProject.Text(i)},{Queues[i % 3]}",
            $"Timestamp,{string.Join(',', questions.Select(q => $"Q{q}. How was it?"))},comment,Overall rating\n"
        );
    }

    private static string Nested() =>
        DraftProject.Lines(60, i =>
            $$$"""{"id": {{{i}}}, "ticket": {"subject": "{{{DraftProject.Text(i, 3)}}}", "customer": {"tier": "gold", "age": {{{i}}}}}, """
            + $$$""" "tags": ["{{{Queues[i % 3]}}}"], "meta": {"x": [1, 2]}}"""
        );

    private static string Alpaca(int i) =>
        $$"""{"instruction": "Say {{i % 3}} words.", "input": "{{(i % 4 == 0 ? "" : DraftProject.Text(i))}}", """
        + $$""" "output": "{{DraftProject.Text(i + 5, 4)}}"}""";

    private static string ShareGpt(int i) =>
        $$"""{"conversations": [{"from": "human", "value": "{{DraftProject.Text(i)}}"}, """
        + $$"""{"from": "gpt", "value": "{{DraftProject.Text(i + 1)}}"}"""
        + (i % 3 == 0 ? $$""", {"from": "human", "value": "and?"}, {"from": "gpt", "value": "{{DraftProject.Text(i + 2)}}"}]}""" : "]}");
}
