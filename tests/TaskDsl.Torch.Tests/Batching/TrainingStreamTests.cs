using TaskDsl.Data;
using TaskDsl.Torch.Batches;
using Xunit;

namespace TaskDsl.Torch.Tests.Batching;

public sealed class TrainingStreamTests
{
    private static readonly int[] Lengths = [.. Enumerable.Range(0, 60).Select(i => 2 + i * 13 % 29)];

    [Fact]
    public void The_same_seed_gives_the_same_steps_and_another_seed_others()
    {
        string[] first = [.. Describe(Stream(1)).Take(30)],
            again = [.. Describe(Stream(1)).Take(30)],
            other = [.. Describe(Stream(2)).Take(30)];
        Assert.Equal(first, again);
        Assert.NotEqual(first, other);
    }

    [Fact]
    public void A_stream_goes_on_from_any_step_as_if_it_had_never_stopped()
    {
        var whole = Stream(1).Steps().Take(40).ToArray();
        foreach (var cut in new[] { 0, 1, 7, 20, 39 })
        {
            var rest = Stream(1).Steps(whole[cut].Position).Take(40 - cut).ToArray();
            Assert.Equal(whole[cut..].Select(s => s.Position), rest.Select(s => s.Position));
            Assert.Equal(whole[cut..].SelectMany(Ids), rest.SelectMany(Ids));
        }
    }

    [Fact]
    public void Each_epoch_draws_every_example_once_and_in_another_order()
    {
        var steps = Stream(1).Steps().TakeWhile(s => s.Position.Epoch < 2).ToLookup(s => s.Position.Epoch);
        foreach (var epoch in steps)
            Assert.Equal(Enumerable.Range(1000, 40).Concat(Enumerable.Range(1000, 20)).Order(), Origins(epoch).Order());
        Assert.NotEqual(Origins(steps[0]), Origins(steps[1]));
    }

    [Fact]
    public void Weights_say_how_often_an_epoch_goes_through_a_source()
    {
        var stream = new TrainingStream(
            [new FakeSource("half", 0.5, [4, 4, 4]), new FakeSource("twice", 2, [5, 5])],
            new Batch { SequenceLength = 16, Rows = 100 },
            0,
            1
        );
        var epochs = stream.Steps().Take(4).ToArray();
        Assert.All(epochs, e => Assert.Equal(4, e.Batches[0].Origins.Count(o => o.Line >= 1000) - Count(e, 4)));
        Assert.Equal([1, 2, 1, 2], epochs.Select(e => Count(e, 4)));
        // In two epochs half a weight has seen every item once.
        Assert.Equal(3, epochs[..2].SelectMany(e => Firsts(e, 4)).Distinct().Count());

        static int Count(TrainingStep step, int length) => Firsts(step, length).Count();
        static IEnumerable<long> Firsts(TrainingStep step, int length)
        {
            var batch = step.Batches[0];
            for (var i = 0; i < batch.Ids.Length; i++)
            {
                if (batch.Positions[i] != 0 || batch.Segments[i] == 0)
                    continue;
                var n = 1;
                while (i + n < batch.Ids.Length && (i + n) % batch.Length != 0 && batch.Segments[i + n] == batch.Segments[i])
                    n++;
                if (n == length)
                    yield return batch.Ids[i];
            }
        }
    }

    [Theory]
    [InlineData(0.4, 5, 2), InlineData(1.5, 2, 3), InlineData(0.75, 4, 3), InlineData(1, 3, 3)]
    public void However_epochs_cut_a_series_every_item_is_drawn_as_often_as_the_others(double weight, int epochs, int times)
    {
        FakeSource[] sources = [new("a", weight, Lengths[..20])];
        var drawn = Enumerable
            .Range(0, epochs)
            .Select(epoch => new EpochDraws(sources, 1, epoch))
            .SelectMany(draws => Enumerable.Range(0, draws.Count).Select(draws.At));
        Assert.Equal(
            Enumerable.Range(0, times).SelectMany(repetition => Enumerable.Range(0, 20).Select(i => (repetition, i))),
            drawn.Select(d => (d.Repetition, d.Index)).Order()
        );
    }

    [Fact]
    public void What_is_drawn_for_an_example_belongs_to_it_and_to_how_often_it_was_drawn_and_not_to_its_batch()
    {
        var packed = Seeds(new Batch { SequenceLength = 32, Rows = 3 });
        Assert.Equal(2 * 40, packed.Values.Distinct().Count());
        Assert.Equal(
            packed,
            Seeds(
                new Batch
                {
                    SequenceLength = 64,
                    Rows = 1,
                    Accumulation = 4,
                    Packing = false,
                }
            )
        );

        static SortedDictionary<(int, int), long> Seeds(Batch batch) =>
            new(
                new TrainingStream([new FakeSource("a", 1, Lengths[..40])], batch, 0, 1)
                    .Steps()
                    .TakeWhile(s => s.Position.Epoch < 2)
                    .SelectMany(s => s.Batches)
                    .SelectMany(b => b.Sequences)
                    .ToDictionary(s => (s.Sequence.Ids[0], s.Sequence.Ids[1]), s => s.Seed)
            );
    }

    [Fact]
    public void Accumulation_takes_the_same_rows_in_smaller_batches()
    {
        var large = new TrainingStream([new FakeSource("a", 1, Lengths)], new Batch { SequenceLength = 32, Rows = 4 }, 0, 1)
            .Steps()
            .First();
        var small = new TrainingStream(
            [new FakeSource("a", 1, Lengths)],
            new Batch
            {
                SequenceLength = 32,
                Rows = 1,
                Accumulation = 4,
            },
            0,
            1
        ).Steps().First();
        Assert.Equal(4, small.Batches.Count);
        Assert.Equal(Origins([large]), Origins([small]));
    }

    [Fact]
    public void Measuring_counts_exactly_what_the_stream_gives()
    {
        var report = Stream(1).Measure(new Budget { Epochs = 3 });
        var steps = Stream(1).Steps().TakeWhile(s => s.Position.Epoch < 3).ToArray();
        Assert.Equal(steps.Length, report.Steps);
        Assert.Equal(steps.Sum(s => s.Batches.Sum(b => b.Tokens)), report.Tokens);
        Assert.Equal(180, report.Sequences);
        Assert.Equal(5, Stream(1).Measure(new Budget { Epochs = 3, Steps = 5 }).Steps);
        Assert.InRange(report.Fill!.Value, 0.9, 1);
    }

    [Theory]
    [InlineData(3, 5)]
    [InlineData(0.5, null)]
    [InlineData(1.1, null)]
    [InlineData(2, 1000)]
    public void Measuring_counts_the_steps_that_the_budget_allows_and_no_more(double epochs, int? most)
    {
        var report = Stream(1).Measure(new Budget { Epochs = epochs, Steps = most });
        var steps = Stream(1).Steps().Take(report.Steps).ToArray();
        Assert.Equal(steps.Sum(s => s.Batches.Sum(b => b.Tokens)), report.Tokens);
        Assert.Equal(steps.Sum(s => s.Batches.Sum(b => (long)b.Rows)), report.Rows);
        Assert.Equal(steps.Sum(s => s.Batches.Sum(b => (long)b.CompletionMask.ToArray().Count(a => a))), report.AnswerTokens);
        Assert.Equal(steps.Max(s => s.Batches.Sum(b => b.Rows)), report.MostRows);
        Assert.Equal(steps.Max(s => s.Batches.Max(b => b.Length)), report.LongestRow);
        Assert.Equal(steps.Max(s => s.Batches.Max(b => b.Tokens)), report.MostTokens);
        var perEpoch = Stream(1).Steps().TakeWhile(s => s.Position.Epoch < 1).Count();
        Assert.Equal(perEpoch, report.StepsPerEpoch);
        if (epochs == 0.5)
            Assert.Equal((int)Math.Ceiling(perEpoch / 2.0), report.Steps);
    }

    [Fact]
    public void Without_packing_each_sequence_has_a_row()
    {
        var stream = new TrainingStream(
            [new FakeSource("a", 1, Lengths)],
            new Batch
            {
                SequenceLength = 32,
                Rows = 4,
                Packing = false,
            },
            0,
            1
        );
        Assert.All(stream.Steps().Take(15), s => Assert.All(s.Batches, b => Assert.Equal(b.Rows, b.Origins.Count)));
    }

    [Fact]
    public void Overlong_sequences_stop_the_run_and_are_named()
    {
        var stream = new TrainingStream([new FakeSource("a", 1, 5, 40, 50)], new Batch { SequenceLength = 32 }, 0, 1);
        var error = Assert.Throws<DataException>(() => stream.Measure(new Budget { Epochs = 1 }));
        Assert.Contains("2 sequences do not fit into a row of 32 tokens", error.Message, StringComparison.Ordinal);
        Assert.Contains("test(1001): 40 tokens", error.Message, StringComparison.Ordinal);
        Assert.Contains("batch.overlong", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Overlong_sequences_are_dropped_and_counted()
    {
        var stream = new TrainingStream(
            [new FakeSource("a", 1, 5, 40, 50, 9, 60, 70)],
            new Batch { SequenceLength = 32, Overlong = Overlong.Drop },
            0,
            1
        );
        var report = stream.Measure(new Budget { Epochs = 1 });
        Assert.Equal((2, 4), (report.Sequences, report.Dropped));
        Assert.Equal((5 + 9, 1 + 3), (report.Tokens, report.AnswerTokens)); // Of those that are left.
    }

    [Fact]
    public void Shortening_cuts_the_prompts_middle_and_never_the_answer()
    {
        var whole = Sequences.Of(1000, 40);
        var stream = new TrainingStream(
            [new FakeSource("a", 1, 40)],
            new Batch { SequenceLength = 32, Overlong = Overlong.TruncateInput },
            0,
            1
        );
        Assert.Equal(1, stream.Measure(new Budget { Epochs = 1 }).Shortened);
        var batch = stream.Steps().First().Batches[0];
        Assert.Equal(32, batch.Length);
        Assert.Equal(whole.Ids[^13..].Select(i => (long)i), batch.Ids[^13..].ToArray());
        Assert.Equal(13, batch.CompletionMask.ToArray().Count(a => a));
        Assert.Equal(1000, batch.Ids[0]);
    }

    [Theory]
    [InlineData(Overlong.Drop, 32, 10, 32)]
    [InlineData(Overlong.Drop, 33, 10, null)]
    [InlineData(Overlong.TruncateInput, 32, 31, 32)]
    [InlineData(Overlong.TruncateInput, 33, 10, 32)]
    [InlineData(Overlong.TruncateInput, 40, 30, 32)]
    [InlineData(Overlong.TruncateInput, 40, 31, null)]
    public void A_row_holds_what_is_as_long_as_it_and_two_tokens_of_a_prompt_stay(Overlong policy, int length, int answer, int? kept)
    {
        var report = new BatchReport { Capacity = 32, Packed = true };
        var fitted = Overlength.Fit(new(Sequences.Of(1, length, answer)), new Batch { SequenceLength = 32, Overlong = policy }, report);
        Assert.Equal(kept, fitted?.Length);
        Assert.Equal((kept is null ? 1 : 0, length > kept ? 1 : 0), (report.Dropped, report.Shortened));
        if (fitted is not null)
            Assert.Equal(Sequences.Of(1, length, answer).Ids[^answer..], fitted.Sequences[0].Ids[^answer..]);
    }

    [Fact]
    public void Answers_to_one_prompt_lose_the_same_of_it()
    {
        var (better, worse) = (Sequences.Of(1, 20, 5), Sequences.Of(1, 18, 3));
        var fitted = Overlength.Fit(
            new TokenGroup(better, worse),
            new Batch { SequenceLength = 31, Overlong = Overlong.TruncateInput },
            null
        )!;
        Assert.Equal(30, fitted.Length); // Seven too many: four of each.
        Assert.Equal([.. better.Ids[..5], .. better.Ids[9..]], fitted.Sequences[0].Ids);
        Assert.Equal([.. worse.Ids[..5], .. worse.Ids[9..]], fitted.Sequences[1].Ids);
        Assert.Equal((5, 3), (fitted.Sequences[0].CompletionMask.Count(a => a), fitted.Sequences[1].CompletionMask.Count(a => a)));
    }

    [Fact]
    public void An_answer_that_alone_fills_the_row_is_never_cut()
    {
        var stream = new TrainingStream([new AllAnswer()], new Batch { SequenceLength = 32, Overlong = Overlong.TruncateInput }, 0, 1);
        var error = Assert.Throws<DataException>(() => stream.Measure(new Budget { Epochs = 1 }));
        Assert.Contains("an answer is never cut", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_source_that_cannot_be_read_is_not_read_again_for_each_of_its_items()
    {
        var source = new Unreadable();
        var error = Assert.Throws<DataException>(() => new TrainingStream([source], new Batch(), 0, 1).Measure(new Budget { Epochs = 1 }));
        Assert.Equal("the disk is full", error.Message);
        Assert.InRange(source.Asked, 1, source.Count / 10);
    }

    [Fact]
    public void Nothing_to_train_on_is_an_error() =>
        Assert.Throws<DataException>(() => new TrainingStream([], new Batch(), 0, 1).Measure(new Budget()));

    private static TrainingStream Stream(int seed) =>
        new(
            [new FakeSource("a", 1, Lengths[..40]), new FakeSource("b", 1, Lengths[40..])],
            new Batch
            {
                SequenceLength = 32,
                Rows = 3,
                Accumulation = 2,
            },
            0,
            seed
        );

    private static IEnumerable<long> Ids(TrainingStep step) => step.Batches.SelectMany(b => b.Ids.ToArray());

    private static IEnumerable<string> Describe(TrainingStream stream) => stream.Steps().Select(s => string.Join(' ', Ids(s)));

    private static IEnumerable<int> Origins(IEnumerable<TrainingStep> steps) =>
        steps.SelectMany(s => s.Batches).SelectMany(b => b.Origins).Select(o => (int)o.Line);

    private sealed class Unreadable : TokenSource
    {
        private int asked;

        public int Asked => asked;

        public override string Name => "unreadable";

        public override int Count => 5000;

        public override TokenGroup Encode(int index, int repetition)
        {
            Interlocked.Increment(ref asked);
            Thread.Sleep(1); // Slow to fail, as a full disk is: the other threads see meanwhile that going on is of no use.
            throw new DataException("the disk is full");
        }
    }

    private sealed class AllAnswer : TokenSource
    {
        public override string Name => "all answer";

        public override int Count => 1;

        public override TokenGroup Encode(int index, int repetition) => new(Sequences.Of(1, 40, 40));
    }
}
