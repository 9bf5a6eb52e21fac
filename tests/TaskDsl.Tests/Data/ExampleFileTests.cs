using CsCheck;
using TaskDsl.Data;

namespace TaskDsl.Tests.Data;

/// <summary>What is added to a file of examples is what is read from it.</summary>
public sealed class ExampleFileTests
{
    private static readonly Gen<Note.Example> Examples =
        from text in Gen.String[Gen.Char.Where(c => !char.IsSurrogate(c)), 0, 300]
        from mood in Gen.Enum<Note.Mood>()
        from file in Gen.Int[0, 2].Select(i => new[] { "a.jsonl", "b/c.csv", "" }[i])
        from line in Gen.Long[0, long.MaxValue]
        from key in Gen.String.AlphaNumeric.Null()
        from split in Gen.Int[0, 3].Select(i => i == 3 ? (SplitName?)null : (SplitName)i)
        from confidence in Gen.Double[0, 1].Nullable()
        from language in Gen.Bool.Select(zh => zh ? "zh" : "en")
        select new Note.Example(new(text), new(mood))
        {
            Language = language,
            Origin = new(file, line, key) { Split = split, Confidence = confidence },
        };

    [Fact]
    public void Examples_come_back_as_they_were_by_number_and_in_order() =>
        Examples
            .Array[0, 200]
            .Sample(
                examples =>
                {
                    using var file = new ExampleFile<Note.Example>(Note.Task);
                    foreach (var example in examples)
                        file.Add(example);
                    Assert.Equal(examples.Select(Describe), file.Select(Describe));
                    Assert.Equal(
                        examples.Reverse().Select(Describe),
                        Enumerable.Range(0, examples.Length).Reverse().Select(i => Describe(file[i]))
                    );
                    Assert.Equal(
                        examples.Select(e => (e.Origin.ToString(), e.Language)),
                        Enumerable.Range(0, examples.Length).Select(i => (file.OriginOf(i).ToString(), file.LanguageOf(i)))
                    );
                },
                iter: 100
            );

    [Fact]
    public void Long_examples_are_read_a_few_at_a_time_and_by_several_threads()
    {
        using var file = new ExampleFile<Note.Example>(Note.Task);
        for (var i = 0; i < 300; i++)
            file.Add(Of(i));
        Assert.Equal(Enumerable.Range(0, 300).Select(i => Of(i).Input), file.Select(e => e.Input));
        Parallel.For(0, 300, i => Assert.Equal(Of(i).Input, file[i].Input));
        Assert.Throws<ArgumentOutOfRangeException>(() => file[300]);

        static Note.Example Of(int i) => new(new($"{i} {new string('x', i * 97)}"), new(Note.Mood.Good)) { Language = "en" };
    }

    [Fact]
    public async Task The_first_to_read_may_be_several_at_once()
    {
        for (var round = 0; round < 300; round++)
        {
            using var file = new ExampleFile<Note.Example>(Note.Task);
            for (var i = 0; i < 40; i++)
                file.Add(new(new($"{i}"), new(Note.Mood.Good)) { Language = "en" });
            using var together = new Barrier(2);
            Task<string>[] readers =
            [
                .. Enumerable
                    .Range(0, 2)
                    .Select(_ =>
                        Task.Factory.StartNew(
                            () =>
                            {
                                together.SignalAndWait();
                                return file[39].Input.Text;
                            },
                            CancellationToken.None,
                            TaskCreationOptions.LongRunning,
                            TaskScheduler.Default
                        )
                    ),
            ];
            Assert.Equal(["39", "39"], await Task.WhenAll(readers));
        }
    }

    [Fact]
    public void An_example_that_a_stage_has_broken_is_named()
    {
        using var file = new ExampleFile<Note.Example>(Note.Task);
        file.Add(new(new(null!), new(Note.Mood.Good)) { Language = "en", Origin = new("a.jsonl", 7) });
        Assert.StartsWith(
            "a.jsonl(7): error: the example does not fit the task 'note' any more: field 'text'",
            Assert.Throws<DataException>(() => file[0]).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Nothing_lies_in_the_folder_for_temporary_files()
    {
        var before = Directory.GetFiles(Path.GetTempPath(), "taskdsl-*.tmp");
        using var file = new ExampleFile<Note.Example>(Note.Task);
        file.Add(new(new("x"), new(Note.Mood.Good)) { Language = "en" });
        Assert.Equal("x", file[0].Input.Text);
        Assert.Empty(Directory.GetFiles(Path.GetTempPath(), "taskdsl-*.tmp").Except(before)); // Others may go: those of other programs.
    }

    private static string Describe(Note.Example example) =>
        $"{example} {example.Origin} {example.Origin.Split} {example.Origin.Confidence:R} {example.Language}";
}
