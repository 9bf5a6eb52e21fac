using TaskDsl.Torch.Decoding;
using TaskDsl.Torch.Tests.Decoding;
using TaskDsl.Torch.Tests.Models;
using static TorchSharp.torch;

namespace TaskDsl.Gpu.Steps;

/// <summary>
/// What four models write, through the loop that writes answers, against transformers 4.57.6: the same tokens. In 16 bits two tokens that
/// are equally likely could change places, so that it is asked in float32 alone.
/// </summary>
internal sealed class Greedily : Step
{
    public override string Name => "greedy";

    public override int Limit => 30;

    public override IEnumerable<Finding> Run(Setting setting)
    {
        foreach (
            var (name, prompts, begun) in ((string, string, int)[])
                [("llama", "gen_left", 0), ("gpt2", "gen_left", 0), ("bart", "gen", 1), ("t5", "gen", 1)]
        )
        {
            using var scope = NewDisposeScope();
            using var golden = new GoldenModel(name, setting.Device);
            var reference = golden.Json.GetProperty("generation").GetProperty("eos");
            var end = reference.GetProperty("eos_token_id").GetInt32();
            int[][] expected =
            [
                .. reference
                    .GetProperty(begun == 1 ? "output_ids" : "new_tokens")
                    .EnumerateArray()
                    .Select(row => (int[])[.. row.EnumerateArray().Select(id => id.GetInt32()).Skip(begun).TakeWhile(id => id != end)]),
            ];
            var written = new GoldenDecoding(golden).Answers(new Greedy(), prompts, end, limit: 16).Select(row => row[0].Completion.Tokens);
            var finding = new Finding(name).With("tokens", expected.Sum(row => row.Length));
            foreach (var (row, (right, made)) in expected.Zip(written).Index())
                if (!right.SequenceEqual(made))
                    finding.Not($"row {row} is {string.Join(' ', made)}, expected {string.Join(' ', right)}");
            yield return finding;
        }
    }
}
