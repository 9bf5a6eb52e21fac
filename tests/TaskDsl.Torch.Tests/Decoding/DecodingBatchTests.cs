using CsCheck;
using TaskDsl.Torch.Decoding;
using TaskDsl.Torch.Decoding.Generation;
using TaskDsl.Torch.Tests.Models;
using Xunit;

namespace TaskDsl.Torch.Tests.Decoding;

/// <summary>What joins a batch at any token, and leaves it, is answered as alone.</summary>
public sealed class DecodingBatchTests : TorchTest
{
    private const int End = 2;

    public static TheoryData<string> Methods => ["greedy", "sample", "beam"];

    /// <summary>How long each prompt is, at which token it comes, and at which it is given up; 0 = never.</summary>
    private static readonly Gen<(int Length, int Comes, int GivenUp)[]> Arrivals = Gen.Select(
        Gen.Int[1, 30],
        Gen.Int[0, 12],
        Gen.Frequency((3, Gen.Const(0)), (1, Gen.Int[1, 14]))
    ).Array[1, 7];

    [Theory, MemberData(nameof(Methods))]
    public void Whatever_the_order_of_arrivals(string method)
    {
        using var model = SmallWriter.Decoder();
        Arrivals.Sample(
            arrivals =>
            {
                var waiting = arrivals
                    .Select(
                        (a, i) =>
                            (a.Comes, a.GivenUp, Run: Start(method, Prompt(a.Length, i)), Alone: Alone(model, method, Prompt(a.Length, i)))
                    )
                    .ToList();
                DecodingBatch? batch = null;
                for (var token = 0; waiting.Any(w => w.Comes >= token) || batch?.Runs.Count > 0; token++)
                {
                    batch?.Step();
                    foreach (var (_, _, run, _) in waiting.Where(w => w.Comes == token))
                    {
                        var begun = DecodingBatch.Begin(new ModelLogits(model), model.Model, [run]);
                        if (batch is null)
                        {
                            batch = begun;
                            continue;
                        }

                        Assert.True(batch.Join(begun));
                        begun.Dispose();
                    }

                    foreach (var (_, _, run, _) in waiting.Where(w => w.GivenUp > 0 && w.Comes + w.GivenUp == token))
                        if (batch!.Runs.Contains(run))
                            batch.GiveUp(run);
                }

                batch?.Dispose();
                foreach (var (_, givenUp, run, alone) in waiting)
                    if (givenUp == 0)
                        Assert.Equal(alone, run.Completions[0].Completion.Tokens);
                return true;
            },
            iter: 30,
            threads: 1
        );
    }

    [Fact]
    public void A_run_of_another_kind_waits()
    {
        using var golden = new GoldenModel("t5");
        var source = new GoldenDecoding(golden);
        using var first = DecodingBatch.Begin(source, golden.Model, [Start("greedy", [5, 6, 1])]);
        using var second = DecodingBatch.Begin(source, golden.Model, [Start("greedy", [7, 1])]);
        Assert.False(first.Join(second));
        Assert.Single(second.Runs);
    }

    private static IReadOnlyList<int> Alone(Opening.Loading.LoadedModel model, string method, int[] prompt)
    {
        var run = Start(method, prompt);
        DecodingBatch.Run(new ModelLogits(model), model.Model, [run], default);
        return run.Completions[0].Completion.Tokens;
    }

    private static int[] Prompt(int length, int seed) => [.. Enumerable.Range(0, length).Select(i => 5 + (seed * 31 + i * 7) % 300)];

    private static DecodingRun Start(string method, int[] prompt)
    {
        DecodingMethod decoding = method switch
        {
            "greedy" => new Greedy(),
            "sample" => new Sample { Temperature = 1.5 },
            _ => new Beam { Width = 3 },
        };
        return decoding.Start(
            new DecodingRequest(new ContinuationBuffer(), () => [], seed: 1)
            {
                TaskName = "batch",
                Prompt = prompt,
                Nothing = [End],
                End = End,
                EndOfText = End,
                Limit = 12,
            }
        );
    }
}
