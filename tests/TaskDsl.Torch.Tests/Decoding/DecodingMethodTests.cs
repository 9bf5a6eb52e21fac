using TaskDsl.Grammars;
using TaskDsl.Torch.Decoding.Generation;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Vocabulary;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Decoding;

/// <summary>What every decoding method must do; and a method of a project's own, by nothing but what is public.</summary>
public sealed class DecodingMethodTests : TorchTest
{
    /// <summary>Every word with its defaults; one that is nothing without settings has a test of its own.</summary>
    public static TheoryData<string> Methods =>
        [
            .. Words
                .Loaded.Choices(typeof(DecodingMethod))
                .Where(choice => !Words.Properties(choice.Type).Any(Words.IsRequired))
                .Select(choice => choice.Word),
        ];

    [Theory, MemberData(nameof(Methods))]
    public void It_answers_what_the_grammar_permits_and_the_same_in_every_batch(string word)
    {
        var method = Words.Loaded.Choices(typeof(DecodingMethod)).Single(choice => choice.Word == word).Type;
        var plan = new GenerationPlan { Decoding = (DecodingMethod)Words.Default(method) };
        string[] labels = ["payment", "payment due", "rent"];
        foreach (var make in (Func<LoadedModel>[])[() => SmallWriter.Decoder(), SmallWriter.EncoderDecoder])
        {
            using var model = make();
            var asked = new Asked(model, Grammar.Choice([.. labels.Select(Grammar.Literal)]));
            string[] answers = [.. asked.Predict(plan).Select(p => p.Text)];
            Assert.All(answers, answer => Assert.Contains(answer, labels));
            Assert.Equal(answers, asked.Predict(plan with { Rows = 1 }).Select(p => p.Text));
            Assert.Equal(answers[..9], asked.Predict(plan with { Rows = 5 }, count: 9).Select(p => p.Text));
        }
    }

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
