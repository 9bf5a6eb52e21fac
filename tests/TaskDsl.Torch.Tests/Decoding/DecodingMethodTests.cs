using TaskDsl.Grammars;
using TaskDsl.Torch.Decoding.Generation;
using TaskDsl.Torch.Opening.Loading;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Decoding;

/// <summary>A method of a project's own, by nothing but what is public.</summary>
public sealed class DecodingMethodTests : TorchTest
{
    [Fact]
    public void Both_seams_are_open_to_a_method_of_ones_own()
    {
        using var model = SmallWriter.Decoder();
        string[] labels = ["payment", "rent", "termination"];
        var asked = new Asked(model, Grammar.Choice([.. labels.Select(Grammar.Literal)]));
        var least = asked.Predict(new GenerationPlan { Decoding = new LeastProbable() });
        var most = asked.Predict(new GenerationPlan());
        Assert.Equal(least.Select(p => p.Text), asked.Predict(new GenerationPlan { Decoding = new Opposite() }).Select(p => p.Text));
        Assert.All(least, p => Assert.Contains(p.Text, labels));
        Assert.All(least.Zip(most), p => Assert.True(p.First.Confidence < p.Second.Confidence));
    }

    /// <summary>Another choice of tokens.</summary>
    private sealed record LeastProbable : DecodingMethod
    {
        public override DecodingRun Start(DecodingRequest request) => new TokenByTokenRun(request, (next, _) =>
            {
                var least = 0;
                for (var i = 1; i < next.Scores.Length; i++)
                    if (next.Scores[i] < next.Scores[least])
                        least = i;
                return least;
            });
    }

    /// <summary>Another source of scores.</summary>
    private sealed record Opposite : DecodingMethod
    {
        public override LogitSource Source(LoadedModel model) => new Negated(base.Source(model));

        public override DecodingRun Start(DecodingRequest request) => TokenByTokenRun.Greedy(request);

        private sealed class Negated(LogitSource source) : LogitSource
        {
            public override LogitSourceRun Start(IReadOnlyList<int[]> contexts, int limit) => new Run(source.Start(contexts, limit));
        }

        private sealed class Run(LogitSourceRun run) : LogitSourceRun
        {
            public override Tensor Next(long[]? last) => -run.Next(last);

            public override void Select(int[] rows) => run.Select(rows);

            public override void Dispose() => run.Dispose();
        }
    }
}
