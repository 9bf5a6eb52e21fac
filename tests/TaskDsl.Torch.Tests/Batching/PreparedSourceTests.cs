using TaskDsl.Torch.Batches;
using Xunit;

namespace TaskDsl.Torch.Tests.Batching;

public sealed class PreparedSourceTests
{
    // Else threads of the pool wait for what needs threads of the pool: a cold start of a second took up to a minute.
    [Fact]
    public void What_a_source_does_once_is_done_before_several_threads_ask_it()
    {
        var source = new Prepared();
        var cell = new CellSource(source, new MixtureCell("cell", null, null), 2);
        Assert.Equal(2, new TrainingStream([cell], new Batch { SequenceLength = 8 }, 0, 1).Steps().Take(1).Single().Batches[0].Rows);
        Assert.Equal([0, 1], source.Repetitions.Order());
    }

    private sealed class Prepared : TokenSource
    {
        public List<int> Repetitions { get; } = [];

        public override string Name => "prepared";

        public override int Count => 1;

        public override void Prepare(int repetition) => Repetitions.Add(repetition);

        public override TokenGroup Encode(int index, int repetition) =>
            Repetitions.Contains(repetition) ? new(Sequences.Of(1, 6)) : throw new InvalidOperationException("not prepared");
    }
}
