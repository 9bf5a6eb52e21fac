using System.Diagnostics;
using TaskDsl.Torch.Decoding;
using TaskDsl.Torch.Decoding.Generation;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Recipes;

namespace TaskDsl.Gpu.Steps;

/// <summary>How fast answers are written, through the loop that writes them: one at a time, and as many as a run writes together.</summary>
internal sealed class Decoding : Step
{
    public override string Name => "decoding";

    public override int Limit => 60;

    public override IReadOnlyList<Precision> Precisions => [Precision.Float32, Precision.BFloat16];

    public override bool Tf32 => true;

    public override IEnumerable<Finding> Run(Setting setting)
    {
        var memory = new DeviceMemory(setting.Device);
        using var decoder = setting.Size.Create(setting.Device);
        var random = new Random(1);
        var (asked, written) = (setting.Size.Length / 2, setting.Size.Length / 8);
        foreach (var rows in (int[])[1, 32])
        {
            int[][] prompts =
            [
                .. Enumerable
                    .Range(0, rows) // Of unlike lengths, as questions are: padded on the left.
                    .Select(row => (int[])[.. Enumerable.Range(0, asked - row % 8).Select(_ => random.Next(2, setting.Size.Vocabulary))]),
            ];
            Write(decoder, prompts, 2, setting);
            setting.Wait();
            var started = Stopwatch.GetTimestamp();
            var tokens = Write(decoder, prompts, written, setting);
            setting.Wait();
            var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
            yield return new Finding($"{rows} rows")
                .With("prompt_tokens", prompts.Sum(p => p.Length))
                .With("written_tokens", tokens)
                .With("tokens_per_second", tokens / seconds)
                .With("ms_per_token", seconds * 1000 * rows / tokens)
                .With("peak_bytes", memory.Most);
        }
    }

    private static int Write(Decoder decoder, int[][] prompts, int limit, Setting setting)
    {
        var end = setting.Size.Vocabulary - 1;
        DecodingRun[] runs =
        [
            .. prompts.Select(prompt =>
                new Greedy().Start(
                    new DecodingRequest(new ContinuationBuffer(), () => [], seed: 1)
                    {
                        TaskName = "check",
                        Prompt = prompt,
                        Nothing = [end],
                        End = end,
                        EndOfText = end,
                        Limit = limit,
                    }
                )
            ),
        ];
        using var compute = setting.Compute();
        DecodingBatch.Run(new Source(decoder), decoder, runs, default);
        return runs.Sum(run => run.Completions[0].Completion.Length);
    }

    private sealed class Source(Decoder decoder) : LogitSource
    {
        public override LogitSourceRun Start(IReadOnlyList<int[]> contexts, int limit) => new DecoderLogits(decoder, contexts, limit, 0);
    }
}
