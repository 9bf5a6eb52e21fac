using TaskDsl.Data;
using TaskDsl.Data.Stages;

namespace TaskDsl.Tests.Data;

/// <summary>Texts that look the same are told apart by their code points, and made one where the first stage says so.</summary>
public sealed class LookAlikeTests : SourceTest
{
    private const string Cured = "('normalize_text' as the first stage makes them one)";

    [Theory]
    [InlineData("Zoe\u0308 left", "Zo\u00EB", $"but for its Unicode form: U+00EB instead of U+0065 U+0308, as 'Zoe\u0308' {Cured}")]
    [InlineData("Ada\u00A0Holm left", "Ada Holm", $"but for its Unicode form: U+0020 instead of U+00A0, as 'Ada[U+00A0]Holm' {Cured}")]
    [InlineData("A\u200Bda left", "Ada", $"but for U+200B, which it lacks, as 'A[U+200B]da' {Cured}")]
    [InlineData("Ada left", "Ad\u00ADa", $"but for U+00AD, which does not show, as 'Ada' {Cured}")]
    [InlineData(
        "\uFF21da left",
        "Ada",
        "but for its Unicode form: U+0041 instead of U+FF21, as '\uFF21da' ('normalize_text: nfkc' as the first stage makes them one)"
    )]
    [InlineData("A\u200Eda left", "Ada", "but for U+200E, which it lacks, as 'A[U+200E]da' (correct it in the file)")]
    public async Task An_entity_that_stands_in_the_text_in_another_form_is_told_by_code_points(string text, string entity, string told)
    {
        Write("a.jsonl", Record(text, entity));
        var error = await Assert.ThrowsAsync<DataException>(() => Facts.Build().FromJsonl("a.jsonl").ToDatasetAsync(Options));
        Assert.Contains($"expected a piece of 'body', letter by letter; it stands there {told}", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Zoe\u0308 left", "Zo\u00EB", "Zo\u00EB left", NormalForm.Nfc)]
    [InlineData("Ada\u00A0Holm left", "Ada Holm", "Ada Holm left", NormalForm.Nfc)]
    [InlineData("A\u200Bda left", "Ada", "Ada left", NormalForm.Nfc)]
    [InlineData("\uFF21da left", "Ada", "Ada left", NormalForm.Nfkc)]
    public async Task The_first_stage_makes_them_one(string text, string entity, string normal, NormalForm form)
    {
        Write("a.jsonl", Record(text, entity));
        var stage = new NormalizeText { Form = form };
        using var data = await Facts.Build().From(Train("a.jsonl")).With(stage).ToDatasetAsync(Options);
        var example = Assert.Single(data.Train);
        Assert.Equal((normal, entity), (example.Input.Body, Assert.Single(example.Output.Facts).Text));

        // Behind another stage it comes too late.
        await Assert.ThrowsAsync<DataException>(() =>
            Facts.Build().From(Train("a.jsonl")).With(new Limit { Count = 9 }).With(stage).ToDatasetAsync(Options)
        );
    }

    [Theory]
    [InlineData("g\u200Bood", "found 'g[U+200B]ood', expected one of good, bad; it is 'good' but for U+200B, which does not show")]
    [InlineData("go\u00ADod", "found 'go[U+00AD]od', expected one of good, bad; it is 'good' but for U+00AD, which does not show")]
    [InlineData("good\u00A0", "found 'good[U+00A0]', expected one of good, bad; it is 'good' but for the blanks around it")]
    public async Task A_label_that_looks_like_one_is_told_by_code_points_and_read_behind_the_first_stage(string label, string told)
    {
        Write("a.jsonl", $"{{\"text\":\"sun\",\"mood\":\"{label}\"}}");
        var error = await Assert.ThrowsAsync<DataException>(() => Note.Build().FromJsonl("a.jsonl").ToDatasetAsync(Options));
        Assert.Contains($"{told} {Cured}", error.Message, StringComparison.Ordinal);
        using var data = await Note.Build().From(Train("a.jsonl")).With(new NormalizeText()).ToDatasetAsync(Options);
        Assert.Equal(Note.Mood.Good, Assert.Single(data.Train).Output.Mood);
    }

    [Fact]
    public async Task What_still_does_not_fit_is_told_and_set_aside_as_it_stands_in_the_file()
    {
        Write("a.jsonl", "{\"text\":\"s\u00A0un\",\"mood\":\"mild\"}\n");
        var data = await LenientNote.Build().FromJsonl("a.jsonl").With(new NormalizeText()).ToDatasetAsync(Options);
        Assert.StartsWith(
            "a.jsonl(1): field 'mood': found 'mild', expected one of",
            Assert.Single(data.Report.DroppedSamples),
            StringComparison.Ordinal
        );
        Assert.Contains("s\\u00A0un", File.ReadAllText(At("aside/rejects.jsonl")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_column_that_looks_like_a_field_is_told_by_code_points()
    {
        Write("a.jsonl", "{\"text\u200B\":\"sun\",\"mood\":\"good\"}");
        var error = await Assert.ThrowsAsync<DataException>(() => Note.Build().FromJsonl("a.jsonl").ToDatasetAsync(Options));
        Assert.StartsWith(
            "a.jsonl(1): error: field 'text[U+200B]': found a field that is not declared, expected one of text, mood; it is 'text' but for "
                + "U+200B, which does not show",
            error.Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("go\u043Ed")]
    [InlineData("g\u03BFod")]
    public async Task A_label_in_letters_of_another_alphabet_is_told_by_code_points(string label)
    {
        Write("a.jsonl", $"{{\"text\":\"sun\",\"mood\":\"{label}\"}}");
        var error = await Assert.ThrowsAsync<DataException>(() => Note.Build().FromJsonl("a.jsonl").ToDatasetAsync(Options));
        var letter = label.Single(c => c > 127);
        Assert.Contains(
            $"it is 'good' but for letters of another alphabet: U+{(int)letter:X4} instead of U+006F (correct it in the file)",
            error.Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("""{"data": [{"text": "sun", "mood": "good"}]}""")]
    [InlineData("""{"data" :\t[ {""")]
    public async Task Records_under_one_key_are_told_how_to_stand_alone(string line)
    {
        Write("a.jsonl", line.Replace("\\t", "\t", StringComparison.Ordinal));
        var error = await Assert.ThrowsAsync<DataException>(() => Note.Build().FromJsonl("a.jsonl").ToDatasetAsync(Options));
        Assert.Contains(
            "records that lie under one key: jq -c '.[\"data\"][]' writes them one a line",
            error.Message,
            StringComparison.Ordinal
        );
    }

    /// <summary>A list of texts is no list of records.</summary>
    [Theory]
    [InlineData("""{"data": ["sun", {"mood": "good"}]}""")]
    [InlineData("""{"data": []}""")]
    public async Task A_list_of_something_else_is_told_no_such_way(string line)
    {
        Write("a.jsonl", line);
        var error = await Assert.ThrowsAsync<DataException>(() => Note.Build().FromJsonl("a.jsonl").ToDatasetAsync(Options));
        Assert.DoesNotContain("jq", error.Message, StringComparison.Ordinal);
    }

    /// <summary>A table without a header, or an answer, has nothing of pandas' JSON.</summary>
    [Fact]
    public async Task A_column_0_of_a_table_or_an_answer_is_no_column_by_rows()
    {
        Write("a.csv", "0,1\nsun,good\n");
        var error = await Assert.ThrowsAsync<DataException>(() => Note.Build().From(ByPath("a.csv")).ToDatasetAsync(Options));
        Assert.DoesNotContain("pandas", error.Message, StringComparison.Ordinal);
        var answer = Assert.Throws<RecordException>(() =>
        {
            var reader = RecordReader.Answer("""{"0": {"1": "good"}}"""u8, "en");
            var cursor = reader.Begin(new RecordFields("mood"));
            reader.Next(ref cursor);
        });
        Assert.DoesNotContain("pandas", answer.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.jsonl", "found an object")]
    [InlineData("a.json", "found a numbered field, as pandas' to_json writes the rows of a column")]
    [InlineData("b.jsonl", "found a column")]
    public async Task A_table_by_columns_is_told_how_pandas_writes_records(string file, string found)
    {
        Write("a.jsonl", Columns);
        Write("a.json", Columns);
        Write("b.jsonl", """{"0":{"0":"sun","1":"rain"},"1":{"0":"good","1":"bad"}}""");
        var error = await Assert.ThrowsAsync<DataException>(() => Note.Build().From(ByPath(file)).ToDatasetAsync(Options));
        Assert.Contains(found, error.Message, StringComparison.Ordinal);
        Assert.Contains("as pandas' to_json writes", error.Message, StringComparison.Ordinal);
    }

    private const string Columns = """{"text":{"0":"sun","1":"rain"},"mood":{"0":"good","1":"bad"}}""";

    private static string Record(string text, string entity) =>
        $"{{\"body\":\"{text}\",\"facts\":[{{\"kind\":\"person\",\"text\":\"{entity}\"}}]}}";

    private static DataSource Train(string path) => ByPath(path) with { Split = SplitName.Train };
}
