using TaskDsl.Torch.Decoding.Generation;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Tests.Models;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Decoding;

/// <summary>The golden models' prompts, decoded by a method of ours.</summary>
internal sealed class GoldenDecoding(GoldenModel golden) : LogitSource
{
    /// <summary>The answers to a set of prompts, each with its score, the best first.</summary>
    public IReadOnlyList<IReadOnlyList<ScoredCompletion>> Answers(DecodingMethod method, string prompts, int end, int limit)
    {
        var ids = golden[$"{prompts}/input_ids"].cpu();
        var mask = golden.Maybe($"{prompts}/attention_mask")?.cpu() ?? ones_like(ids);
        DecodingRun[] runs =
        [
            .. Enumerable
                .Range(0, (int)ids.size(0))
                .Select(row => ids[row].masked_select(mask[row].to(ScalarType.Bool)).data<long>().Select(id => (int)id).ToArray())
                .Select(prompt =>
                    method.Start(
                        new DecodingRequest(new ContinuationBuffer(), () => [], seed: 1)
                        {
                            TaskName = "golden",
                            Prompt = prompt,
                            Nothing = [end],
                            End = end,
                            EndOfText = end,
                            Limit = limit,
                        }
                    )
                ),
        ];
        DecodingBatch.Run(this, golden.Model, runs, default);
        return [.. runs.Select(run => run.Completions)];
    }

    public override LogitSourceRun Start(IReadOnlyList<int[]> contexts, int limit) =>
        golden.Model switch
        {
            Decoder decoder => new DecoderLogits(decoder, contexts, limit, padding: 0),
            EncoderDecoder both => new EncoderDecoderLogits(both, contexts, limit, padding: 0),
            var other => throw new InvalidOperationException(other.GetType().Name),
        };
}
