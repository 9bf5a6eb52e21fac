using System.Text.Json;
using CsCheck;
using TaskDsl.Data;
using TaskDsl.Data.Stages;

namespace TaskDsl.Tests.Data;

/// <summary>Pieces that become the document again.</summary>
public sealed class JoinTests : SourceTest
{
    private static readonly Join Whole = new() { Of = "sentence", With = ["corrected"] };

    [Fact]
    public void What_is_cut_and_joined_is_what_it_was()
    {
        var text = Gen.String[Gen.Char["ab \r\n0[]é"], 1, 60].Where(text => text.Trim().Length > 0);
        Gen.Select(text.Array[1, 6], Gen.Int[1, 30], Gen.Bool, Gen.Int[0, 9])
            .Sample(
                (texts, most, numbers, seed) =>
                {
                    Write(
                        "a.jsonl",
                        string.Join('\n', texts.Select((t, i) => JsonSerializer.Serialize(new { sentence = t, corrected = $"c{i}" })))
                    );
                    var cut = new Chunks
                    {
                        Of = "sentence",
                        Characters = most,
                        NumberLines = numbers,
                    };
                    // The others are the same in all pieces.
                    Assert.Equal(All(), All(cut, new Shuffle { Seed = seed }, new Join { Of = "sentence" }).Order());
                },
                iter: 60,
                threads: 1
            );

        List<string> All(params Stage[] stages)
        {
            using var data = stages
                .Aggregate(Corrected.Build().FromJsonl("a.jsonl"), (build, stage) => build.With(stage))
                .ToDatasetAsync(Options)
                .GetAwaiter()
                .GetResult();
            Assert.Equal(data.Report.Read + data.Report.Added, data.Report.Kept + data.Report.Dropped.Values.Sum());
            return [.. Enum.GetValues<SplitName>().SelectMany(part => data[part].Select(e => $"{part} {e}")).Order()];
        }
    }

    [Fact]
    public async Task Texts_of_pieces_are_joined_and_what_cannot_be_is_left_out()
    {
        // Each piece with its own answer, as a model has given it: of the second document one is missing, the third's numbers are gone.
        Write(
            "a.jsonl",
            """
            {"sentence":"[000]a\n[001]b","corrected":"one","$model": "m", "$piece": {"document": "1", "number": 0, "count": 2, "line": 0}}
            {"sentence": "[000]x", "corrected": "lost", "$piece": {"document": "2", "number": 0, "count": 3, "line": 0}}
            {"sentence": "[002]c\n", "corrected": "second", "$model": "m", "$piece": {"document": "1", "number": 1, "count": 2, "line": 2}}
            {"sentence": "[002]z", "corrected": "lost", "$piece": {"document": "2", "number": 2, "count": 3, "line": 2}}
            {"sentence": "[000]b\n\n[002]c", "corrected": "lost", "$piece": {"document": "3", "number": 0, "count": 1, "line": 0}}
            {"sentence": "never\ncut", "corrected": "as it is"}
            {"sentence": "a", "note": "n", "corrected": "b", "$piece": {"document": "4", "number": 0, "count": 2}}
            {"sentence": "a", "note": "m", "corrected": "b", "$piece": {"document": "4", "number": 1, "count": 2}}
            """
        );
        using var data = await Joined();
        Assert.Equal(
            [("a\nb\nc\n", "one\nsecond", """{"$model":"m"}"""), ("never\ncut", "as it is", null)],
            data.Train.Select(e => (e.Input.Sentence, e.Output.Corrected, e.Origin.Kept))
        );
        Assert.Equal((8, -3, 2), (data.Report.Read, data.Report.Added, data.Report.Kept));
        Assert.Equal(
            [
                "a piece of it is missing 1",
                "its pieces differ in 'note', which join does not name 1",
                "the lines of 'sentence' do not have their numbers any more 1",
            ],
            data.Report.Dropped.Select(d => $"{d.Key} {d.Value}")
        );
        Assert.Contains("a.jsonl(2): 1 of its 3 pieces are missing", data.Report.DroppedSamples);
    }

    [Fact]
    public async Task Several_answers_to_one_document_become_as_many()
    {
        string Line(int piece, int sample)
        {
            var of = new Piece("1", piece, 2).ToJson().ToJsonString();
            return $$$"""{"sentence":"{{{piece}}}","corrected": "{{{piece}}}{{{sample}}}", "$sample": {{{sample}}}, "$piece": {{{of}}}}""";
        }

        // The second answer to the first piece was no good.
        Write("a.jsonl", string.Join('\n', Line(0, 0), Line(0, 2), Line(1, 0), Line(1, 1), Line(1, 2)));
        using var data = await Joined();
        Assert.Equal(["00\n10", "02\n12"], data.Train.Select(e => e.Output.Corrected));
        Assert.Equal(1, data.Report.Dropped["a piece of it is missing"]);
        // The same document twice is twice the document.
        Write("a.jsonl", string.Join('\n', Line(0, 0), Line(1, 0), Line(1, 0), Line(0, 0)));
        using var twice = await Joined();
        Assert.Equal(["00\n10", "00\n10"], twice.Train.Select(e => e.Output.Corrected));
    }

    [Theory]
    [InlineData("""{"document": "1", "number": 2, "count": 2}""")]
    [InlineData("""{"number": 0, "count": 2}""")]
    [InlineData("""{"document": "1", "number": "a", "count": 2}""")]
    [InlineData("7")]
    public async Task A_piece_that_no_stage_has_written_is_told(string piece)
    {
        Write("a.jsonl", $$"""{"sentence": "a", "corrected": "b", "$piece": {{piece}}}""");
        var told = await Assert.ThrowsAsync<DataException>(Joined);
        Assert.StartsWith("a.jsonl(1): error: $piece is ", told.Message, StringComparison.Ordinal);
        Assert.EndsWith("which no stage has written; take the column out.", told.Message, StringComparison.Ordinal);
    }

    private Task<Dataset<Corrected.Example>> Joined() =>
        Corrected
            .Build()
            .From(
                new TaskDsl.Data.Sources.JsonLines
                {
                    Path = "a.jsonl",
                    Split = SplitName.Train,
                    Ignore = [KeptColumns.Model, KeptColumns.Sample, KeptColumns.Piece],
                }
            )
            .With(Whole)
            .ToDatasetAsync(Options);
}
