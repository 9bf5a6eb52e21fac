using System.Text.Json.Nodes;
using CsCheck;
using TaskDsl.Torch.Decoding.Generation;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Tests.Models;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Decoding;

/// <summary>Prompts together say what each says alone: as many at a time, as padded, and in whatever row.</summary>
public sealed class DecoderLogitsTests : TorchTest
{
    /// <summary>
    /// The rows as they were, the rests' lengths, what becomes of the rows behind each token, and the lengths of those who join.
    /// </summary>
    private static readonly Gen<(int Shared, int[] Rests, int[] Picks, int[] Joining)> Cases = Gen.Select(
        Gen.Int[0, 12],
        Gen.Int[1, 9].Array[1, 5],
        Gen.Int[0, 99].Array[1, 5],
        Gen.Int[1, 24].Array[0, 3]
    );

    [Theory, MemberData(nameof(GoldenModel.Decoders), MemberType = typeof(GoldenModel))]
    public void Rows_of_a_batch_are_what_they_are_alone_whatever_is_shared_padded_dropped_branched_or_joins(string name)
    {
        using var golden = new GoldenModel(name);
        using var decoder = (Decoder)LanguageModel.Create(Windowed(golden.Model.Config), seed: 7);
        Check(decoder, 9, [3, 1, 6], [0, 1, 2], []);
        Check(decoder, 9, [3, 1, 6], [2, 0], [4, 21]);
        Check(decoder, 9, [3, 1, 6], [1], [2]);
        Cases.Sample(
            c =>
            {
                Check(decoder, c.Shared, c.Rests, c.Picks, c.Joining);
                return true;
            },
            iter: 10,
            threads: 1
        );
    }

    /// <summary>Families with windows have one of four tokens; large weights, so that all that is seen makes a difference.</summary>
    private static ModelConfig Windowed(ModelConfig config)
    {
        var settings = new Dictionary<string, JsonNode?> { ["initializer_range"] = 0.3 };
        if (config.ToJson().ContainsKey("sliding_window"))
            foreach (
                var (key, value) in (ReadOnlySpan<(string, JsonNode?)>)
                    [("sliding_window", 4), ("use_sliding_window", true), ("max_window_layers", 1), ("layer_types", null)]
            )
                settings[key] = value;
        return config.With(settings);
    }

    private static void Check(Decoder decoder, int shared, int[] rests, int[] picks, int[] joining)
    {
        using var scope = NewDisposeScope();
        using var ungraded = no_grad();
        int[][] rows = [.. rests.Select((rest, row) => (int[])[.. Tokens(shared, 7, 0), .. Tokens(rest, 3, 11 * row)])];
        using var writing = new DecoderLogits(decoder, rows, limit: 4, padding: 0);
        var next = writing.Next(null);
        Same();
        for (var step = 0; step < 3; step++)
        {
            if (step > 0)
            {
                // Once rows branch and change places, once some are dropped: both leave the model with other rows than it began with.
                int[] kept = [.. picks.Select(pick => (pick + step) % rows.Length)];
                writing.Select(kept);
                rows = [.. kept.Select(row => rows[row])];
            }

            foreach (var (number, length) in step > 0 ? joining.Index() : [])
            {
                // One by one, each behind a token of its own: they have come while the others were written.
                int[] joined = [.. Tokens(length, 11, step + number)];
                using var begun = new DecoderLogits(decoder, [joined, joined], limit: 2 * (3 - step), padding: 0);
                begun.Next(null);
                if (writing.Join(begun))
                    rows = [.. rows, joined, joined];
                else
                    Assert.True(decoder.Config.ToJson().ContainsKey("rope_scaling")); // A longer row may turn the others.
            }

            rows = [.. rows.Select((row, i) => (int[])[.. row, 5 + (step * 13 + i * 5) % 40])];
            next = writing.Next([.. rows.Select(row => (long)row[^1])]);
            Same();
        }

        static IEnumerable<int> Tokens(int count, int by, int from) => Enumerable.Range(0, count).Select(i => 5 + (from + i * by) % 40);

        void Same()
        {
            for (var row = 0; row < rows.Length; row++)
            {
                var ids = tensor(rows[row].Select(id => (long)id).ToArray(), [1, rows[row].Length]);
                Close(decoder.Logits(decoder.Hidden(ids))[0, ^1], next[row], 1e-4);
            }
        }
    }
}
