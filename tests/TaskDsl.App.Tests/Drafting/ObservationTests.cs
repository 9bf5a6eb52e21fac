using TaskDsl.App.Drafting;

namespace TaskDsl.App.Tests.Drafting;

/// <summary>Each thing that a draft looks out for: it is told where it is, at its place, and not told where it is not.</summary>
public sealed class ObservationTests
{
    private const string Plain = "Drafted from data/set.csv: 240 records.";

    public static TheoryData<string, string, string, string> Seen =>
        new()
        {
            {
                "AlikeLabels",
                "csv",
                Labelled(i => i == 0 ? "billings" : Label(i)),
                "Alike but for a letter, case or blanks: 'billing' (79) and 'billings' (1)."
            },
            {
                "BlanksInLabels",
                "csv",
                Labelled(i => i < 3 ? "billing " : Label(i)),
                "'billing' also as 'billing '. normalize_text reads both as one.\nstages: [normalize_text]"
            },
            {
                "CommonLabel",
                "csv",
                Labelled(i => i % 10 == 0 ? "late" : "billing"),
                "90 % are 'billing': whoever always says so has that accuracy."
            },
            {
                "Duplicates",
                "csv",
                Labelled(Label, i => i == 9 ? 0 : i),
                "1 record of 240 repeats one before them but for case and blanks (data/set.csv(11) says what line 2 says)"
            },
            { "FewRecords", "csv", Labelled(Label, count: 40), "40 records: a new model learns little from so few" },
            {
                "Grouping",
                "csv",
                DraftProject.Lines(240, i => $"P{i % 30},{DraftProject.Text(i)},{Label(i)}", "patient,text,label\n"),
                "240 records have 30 different values in 'patient'"
            },
            { "HiddenFiles", "dat", Labelled(Label), "NEEDS A HAND: no format of data files has such a name as data/set.dat" },
            {
                "JoinedLabels",
                "csv",
                Labelled(i =>
                    i % 4 == 0 ? $"{Label(i)};{Label(i + 1)}"
                    : i % 4 == 1 ? $"{Label(i)};{Label(i + 2)}"
                    : Label(i)
                ),
                "several labels with ';' between them"
            },
            { "LongTexts", "csv", Labelled(Label, words: i => i == 5 ? 3000 : 9), "About 1 text of 'text' has more than 64 tokens" },
            { "Markup", "csv", Labelled(Label, before: "<p>"), "100 % of the texts in 'text' have HTML tags" },
            {
                "Misfits",
                "csv",
                Labelled(i => i == 5 ? "" : Label(i)),
                "1 record has no answer and is set aside, the first at data/set.csv(7).\nbad_records: quarantine"
            },
            {
                "MissingInputs",
                "csv",
                DraftProject.Lines(
                    240,
                    i => $"{(i < 3 ? "" : DraftProject.Text(i, 4))},{DraftProject.Text(i)},{Label(i)}",
                    "title,text,label\n"
                ),
                "and so optional: 'title' (3)."
            },
            {
                "NearAnswers",
                "csv",
                DraftProject.Lines(240, i => $"{DraftProject.Text(i)},K{i % 3},{Label(i)}", "text,team,label\n"),
                "Column 'team' nearly says the answer: whoever knows it is right in 100 % of the records."
            },
            { "NoInput", "csv", DraftProject.Lines(240, i => DraftProject.Text(i), "text\n"), "Nothing but the answer was found" },
            { "NumberedLabels", "csv", Labelled(i => $"{i % 3}"), "The labels are numbers." },
            { "Options", "jsonl", DraftProject.Lines(240, Question), "Each answer is one of its record's 'options'." },
            {
                "OtherAnswers",
                "csv",
                DraftProject.Lines(240, i => $"{DraftProject.Text(i)},T{i % 5},{Label(i)}", "text,type,label\n"),
                "Or it is 'type': 'draft task … --answer type' takes it."
            },
            {
                "PartColumn",
                "csv",
                DraftProject.Lines(240, i => $"{DraftProject.Text(i)},{Label(i)},{(i % 8 == 0 ? "test" : "train")}", "text,label,split\n"),
                "Column 'split' says the official part of each record (train 210, test 30)"
            },
            {
                "PassedOver",
                "csv",
                DraftProject.Lines(240, i => $"{i},{DraftProject.Text(i)},{Label(i)},2024-01-02,", "id,text,label,made,none\n"),
                "Passed over: id (names the record); made (always the same); none (empty)."
            },
            {
                "PersonalColumns",
                "csv",
                DraftProject.Lines(240, i => $"Ann {i},{DraftProject.Text(i)},{Label(i)}", "customer_name,text,label\n"),
                "Personal data, by name or content: 'customer_name'."
            },
            {
                "PersonalTexts",
                "csv",
                Labelled(Label, before: "a@b.org +49 171 234 5678 "),
                "240 texts have a mail address and 240 texts have a telephone number"
            },
            {
                "PlacedEntities",
                "jsonl",
                DraftProject.Lines(240, i => $$"""{"text": "{{DraftProject.Text(i)}}", "spans": [{"label": "x", "start": 0, "end": 4}]}"""),
                "NEEDS A HAND: 'spans' has pieces of a text by their places."
            },
            {
                "RareLabels",
                "csv",
                Labelled(i => i < 4 ? "rarely seen" : Label(i)),
                "One has fewer than 10 records, too few to be learned: 'rarely seen' (4)."
            },
            {
                "SeveralLanguages",
                "csv",
                DraftProject.Lines(
                    240,
                    i => $"{(i % 2 == 0 ? $"我的卡还没有到请帮忙{i}" : DraftProject.Text(i))},{Label(i)}",
                    "text,label\n"
                ),
                "Texts of several scripts: 50 % "
            },
            { "SeveralTurns", "jsonl", DraftProject.Lines(240, Turns), "Some conversations have several turns" },
            {
                "TaggedTokens",
                "jsonl",
                DraftProject.Lines(240, i => $$"""{"tokens": ["Mr", "S{{i}}"], "tags": ["O", "B-person"]}"""),
                "NEEDS A HAND: 'tags' has a tag (B-, I-, O) for each token"
            },
            {
                "TwoAnswers",
                "csv",
                Labelled(Label, i => i == 10 ? 0 : i),
                "1 record has the input of an earlier one and another answer (data/set.csv(12) and line 2"
            },
            {
                "WrittenStructures",
                "csv",
                DraftProject.Lines(240, i => $"{DraftProject.Text(i)},{{'a{i}': 'good'}}", "text,answer\n"),
                "NEEDS A HAND: the values of 'answer' are lists or objects, written as text"
            },
        };

    [Theory]
    [MemberData(nameof(Seen))]
    public async Task It_is_told(string observation, string extension, string text, string expected)
    {
        Assert.NotEmpty(observation);
        using var project = new DraftProject().With($"data/set.{extension}", text);
        await project.DraftAsync($"data/set.{extension}");
        Assert.Contains(
            Joined(expected),
            Joined(project.Read("tasks/set.task.yaml") + project.Read("recipes/set.recipe.yaml")),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Leakage_is_told_between_parts()
    {
        using var project = new DraftProject()
            .With("data/set_train.csv", Labelled(Label))
            .With("data/set_test.csv", DraftProject.Lines(20, i => $"{DraftProject.Text(i + 235)},{Label(i + 235)}", "text,label\n"));
        await project.DraftAsync("data/set_test.csv");
        Assert.Contains(
            "5 records of test have an input that stands in train too (data/set_test.csv(2) stands in line 237 of train)",
            Joined(project.Read("tasks/set.task.yaml")),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_part_whose_answers_are_kept_back_is_not_read()
    {
        using var project = new DraftProject()
            .With("data/set_train.csv", DraftProject.Lines(240, i => $"{i},{DraftProject.Text(i)},{Label(i)}", "id,text,label\n"))
            .With("data/set_dev.csv", DraftProject.Lines(20, i => $"{DraftProject.Text(i + 300)},{Label(i)}", "text,label\n"))
            .With("data/set_test.csv", DraftProject.Lines(20, i => $"{i},{DraftProject.Text(i + 400)}", "id,text\n"));
        await project.DraftAsync("data/set_train.csv");
        var task = project.Read("tasks/set.task.yaml");
        Assert.Contains(
            "# Not read: data/set_test.csv, where a column of the task is missing (text, label).\n",
            task,
            StringComparison.Ordinal
        );
        // And a column that only one part has is passed over in that part alone.
        Assert.Contains(
            "- path: data/set_train.csv\n    ignore: [id]\n  - path: data/set_dev.csv\n    split: validation\nsplit: {validation: 0, "
                + "test: 0.2}",
            task,
            StringComparison.Ordinal
        );
        project.Compiled();
    }

    [Fact]
    public async Task Of_a_set_without_any_of_them_only_the_language_is_told()
    {
        using var project = new DraftProject().With("data/set.csv", Labelled(Label));
        await project.DraftAsync("data/set.csv");
        var comments = project.Read("tasks/set.task.yaml").Split('\n').Where(line => line.TrimStart().StartsWith('#')).ToList();
        Assert.Collection(
            comments,
            schema => Assert.StartsWith("# yaml-language-server", schema, StringComparison.Ordinal),
            head => Assert.StartsWith($"# {Plain}", head, StringComparison.Ordinal),
            language => Assert.StartsWith("# The language is told by its letters alone", language, StringComparison.Ordinal),
            why => Assert.StartsWith("  # Taken for the answer", why, StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Each_has_a_test() =>
        Assert.Equal(
            Observation.All().Select(observation => observation.GetType().Name),
            Seen.Select(row => row.Data.Item1).Concat(["Leakage", "UnlikeParts"]).Order(StringComparer.Ordinal)
        );

    private static string Label(int i) => ((string[])["billing", "shipping", "technical"])[i % 3];

    private static string Labelled(
        Func<int, string> label,
        Func<int, int>? text = null,
        int count = 240,
        Func<int, int>? words = null,
        string before = ""
    ) =>
        DraftProject.Lines(
            count,
            i => $"{before}{DraftProject.Text(text?.Invoke(i) ?? i, words?.Invoke(i) ?? 9)},{label(i)}",
            "text,label\n"
        );

    private static string Question(int i) =>
        $$"""{"question": "{{DraftProject.Text(i)}}", "options": ["one {{i}}", "two {{i}}"], """
        + $$""" "answer": "{{(i % 2 == 0 ? "one" : "two")}} {{i}}"}""";

    private static string Turns(int i) =>
        $$"""{"messages": [{"role": "user", "content": "{{DraftProject.Text(i)}}"}, {"role": "assistant", "content": "yes"}, """
        + $$"""{"role": "user", "content": "and?"}, {"role": "assistant", "content": "{{DraftProject.Text(i + 1)}}"}]}""";

    // Comments as they were before they were parted into lines.
    private static string Joined(string page) =>
        System.Text.RegularExpressions.Regex.Replace(
            page,
            @"\n *# ",
            " ",
            System.Text.RegularExpressions.RegexOptions.None,
            TimeSpan.FromSeconds(1)
        );
}
