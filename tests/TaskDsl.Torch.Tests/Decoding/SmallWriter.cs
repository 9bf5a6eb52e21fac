using System.Text;
using System.Text.Json.Nodes;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Opening;
using TaskDsl.Torch.Opening.Loading;

namespace TaskDsl.Torch.Tests.Decoding;

/// <summary>Small models with random weights that write something else on each question.</summary>
internal static class SmallWriter
{
    private const string Corpus =
        "The tenant pays the rent on the first day. The landlord repairs the roof. 承租人应于每月第一日支付租金。出租人修理屋顶。 ";

    public static string[] Inputs { get; } = [.. Enumerable.Range(0, 37).Select(i => Corpus[(i % 11)..(i % 11 + 3 + i)])];

    public static LoadedModel Decoder(int positions = 2048, int seed = 5) =>
        Loud(
            new NewDecoder
            {
                VocabularySize = 320,
                HiddenSize = 32,
                Layers = 2,
                Heads = 4,
                KeyValueHeads = 2,
                MaxPositions = positions,
            },
            seed
        );

    public static LoadedModel EncoderDecoder() =>
        Loud(
            new NewEncoderDecoder
            {
                VocabularySize = 320,
                HiddenSize = 32,
                Layers = 2,
                Heads = 4,
            }
        );

    /// <summary>With large weights: a fresh model says much the same whatever it is asked.</summary>
    private static LoadedModel Loud(NewModel source, int seed = 5)
    {
        using var fresh = source.Open(
            new ModelRequest { ProjectDirectory = ".", Corpus = [Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(Corpus, 20)))] }
        );
        return new LoadedModel(
            LanguageModel.Create(fresh.Model.Config.With(KeyValuePair.Create("initializer_range", (JsonNode?)0.5)), seed),
            fresh.Tokenizer
        );
    }
}
