using CsCheck;
using TaskDsl.Torch.Batches;
using Xunit;

namespace TaskDsl.Torch.Tests.Batching;

/// <summary>How tasks share an epoch, against the formula of arXiv 1910.10683.</summary>
public sealed class MixtureTests
{
    private static readonly Gen<(double Weight, int Count)[]> Tasks = Gen.Select(Gen.Double[0.1, 4], Gen.Int[1, 50_000]).Array[1, 6];

    [Fact]
    public void Nothing_asked_for_leaves_the_weights_as_they_are() =>
        Tasks.Sample(tasks => Assert.Equal(tasks.Select(t => t.Weight), new Mixture().Shares(tasks)));

    [Fact]
    public void Rates_are_those_of_the_paper_and_an_epoch_keeps_its_length() =>
        Gen.Select(Tasks, Gen.Double[1, 10], Gen.Int[10, 60_000])
            .Sample(
                (tasks, temperature, cap) =>
                {
                    var mixture = new Mixture { Temperature = temperature, Cap = cap };
                    var draws = mixture.Shares(tasks).Zip(tasks, (share, task) => share * task.Count).ToArray();
                    var expected = tasks.Select(t => t.Weight * Math.Pow(Math.Min(t.Count, cap), 1 / temperature)).ToArray();
                    Assert.All(draws.Zip(expected), d => Assert.Equal(d.Second / expected.Sum(), d.First / draws.Sum(), 9));
                    Assert.Equal(tasks.Sum(t => t.Weight * Math.Min(t.Count, cap)), draws.Sum(), 3);
                }
            );

    [Fact]
    public void A_cap_draws_others_in_the_next_epoch_until_all_were_there()
    {
        int[] lengths = [.. Enumerable.Repeat(4, 10)];
        var share = Assert.Single(new Mixture { Cap = 5 }.Shares([(1, 10)]));
        var stream = new TrainingStream([new FakeSource("a", share, lengths)], new Batch { SequenceLength = 8, Rows = 100 }, 0, 1);
        var epochs = stream.Steps().Take(2).Select(s => s.Batches[0].Origins.Select(o => o.Line).ToArray()).ToArray();
        Assert.All(epochs, e => Assert.Equal(5, e.Length));
        Assert.Equal(10, epochs[0].Concat(epochs[1]).Distinct().Count());
    }

    [Fact]
    public void A_task_without_examples_disturbs_nothing() =>
        Assert.Equal([0, 1], new Mixture { Temperature = 3 }.Shares([(1, 0), (1, 7)]));
}
