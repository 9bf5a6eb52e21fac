using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Objectives;
using TaskDsl.Torch.Objectives.Losses;
using TaskDsl.Torch.Opening;
using TorchSharp;
using Xunit;

namespace TaskDsl.Torch.Tests.Objectives;

public sealed class SupervisedTests : TorchTest
{
    [Fact]
    public void An_example_weighs_the_same_however_long_its_answer_is()
    {
        using var decoder = Decoder.Create(
            new NewDecoder
            {
                HiddenSize = 16,
                Layers = 1,
                Heads = 2,
                FeedForwardSize = 32,
            }.Config(32, 1, 0),
            1
        );
        TokenSequence brief = new([3, 4, 5], [false, false, true], default),
            lengthy = new([6, 7, 8, 9, 10, 11], [false, true, true, true, true, true], default);
        var (one, many) = (
            Mean(
                new Supervised(),
                [
                    [brief],
                ]
            ),
            Mean(
                new Supervised(),
                [
                    [lengthy],
                ]
            )
        );

        // Packed into one row, and in rows of their own.
        foreach (
            TokenSequence[][] rows in (TokenSequence[][][])
                [
                    [
                        [brief, lengthy],
                    ],
                    [
                        [brief],
                        [lengthy],
                    ],
                ]
        )
        {
            Assert.Equal((one + many) / 2, Mean(new Supervised { Average = Average.Examples }, rows), 1e-5);
            Assert.Equal((one + 5 * many) / 6, Mean(new Supervised(), rows), 1e-5);
        }

        double Mean(Supervised objective, TokenSequence[][] rows)
        {
            var loss = objective.Loss(decoder, new TokenBatch(rows, 0));
            return loss.Sum.ToDouble() / loss.Count;
        }
    }
}
