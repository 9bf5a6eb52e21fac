using System.Text.Json.Nodes;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Opening;
using static TorchSharp.torch;

namespace TaskDsl.Gpu;

/// <summary>The model whose speed is measured, of Llama's shape with random weights, and the batches that it is given.</summary>
/// <param name="Name">What it is called on the command line.</param>
/// <param name="Rows">Rows of a batch.</param>
/// <param name="Length">Tokens of a row.</param>
/// <param name="Repeats">How many times something is measured, behind those that warm up.</param>
/// <param name="Product">The rows and columns of the matrix products that measure the card.</param>
/// <param name="Copied">The bytes of the copies that measure the card.</param>
internal sealed record ModelSize(string Name, int Rows, int Length, int Repeats, int Product, long Copied)
{
    /// <summary>Large: Llama 3.2 1B, about 40 GB in full tuning. Medium: a third of it in each direction. Small: for a processor.</summary>
    private static readonly ModelSize[] All =
    [
        new("large", 8, 512, 10, 8192, 1L << 30)
        {
            Vocabulary = 128256,
            Shape = new()
            {
                HiddenSize = 2048,
                Layers = 16,
                Heads = 32,
                KeyValueHeads = 8,
                FeedForwardSize = 8192,
                MaxPositions = 8192,
                RopeTheta = 500000,
            },
        },
        new("medium", 8, 256, 10, 4096, 1L << 28)
        {
            Vocabulary = 32768,
            Shape = new()
            {
                HiddenSize = 1024,
                Layers = 12,
                Heads = 16,
                KeyValueHeads = 4,
                FeedForwardSize = 4096,
                MaxPositions = 8192,
            },
        },
        new("small", 4, 32, 3, 256, 1L << 24)
        {
            Vocabulary = 512,
            Shape = new()
            {
                HiddenSize = 64,
                Layers = 2,
                Heads = 4,
                KeyValueHeads = 2,
                FeedForwardSize = 128,
                MaxPositions = 512,
            },
        },
    ];

    /// <summary>Tokens of the vocabulary.</summary>
    public required int Vocabulary { get; init; }

    /// <summary>The model.</summary>
    public required NewDecoder Shape { get; init; }

    /// <summary>
    /// The lengths of the sequences of each row, by the batch's name; padded are those of packed, each in a row of its own.
    /// </summary>
    public IReadOnlyDictionary<string, int[][]> Batches =>
        new Dictionary<string, int[][]>
        {
            ["whole"] = [.. Enumerable.Repeat((int[])[Length], Rows)],
            ["padded"] = [.. Packed.SelectMany(row => row).Select(length => (int[])[length])],
            ["packed"] = Packed,
            ["long"] =
            [
                [Rows * Length],
            ],
            ["long_packed"] =
            [
                [.. Enumerable.Repeat(Length, Rows)],
            ],
            ["short"] =
            [
                [Length / 4],
            ],
        };

    /// <summary>The size of a name.</summary>
    /// <exception cref="UsageException">There is none.</exception>
    public static ModelSize Named(string name) =>
        All.FirstOrDefault(size => size.Name == name)
        ?? throw new UsageException($"'{name}' is no size; expected {string.Join(", ", All.Select(size => size.Name))}.");

    /// <summary>Makes the model where it computes: drawing a billion numbers on the host takes longer than what is measured.</summary>
    public Decoder Create(Device device) => Create(Shape.Config(Vocabulary, 1, 0), device);

    /// <summary>Makes a model with random weights on a device.</summary>
    public static Decoder Create(ModelConfig config, Device device) =>
        (Decoder)
            LanguageModel.Open(config, device, (_, shape) =>
                shape.Length == 1 ? ones(shape, device: device) : randn(shape, device: device) * tensor(0.02f, device: device)
            );

    /// <summary>A batch with random tokens, all of which count, the same each time.</summary>
    /// <param name="rows">The lengths of the sequences of each row.</param>
    /// <param name="vocabulary">Tokens to draw from.</param>
    public static TokenBatch Batch(int[][] rows, int vocabulary)
    {
        var random = new Random(1);
        return new TokenBatch([.. rows.Select(row => row.Select(Sequence).ToArray())], 0);

        TokenSequence Sequence(int length) =>
            new([.. Enumerable.Range(0, length).Select(_ => random.Next(2, vocabulary))], [.. Enumerable.Repeat(true, length)], default);
    }

    /// <summary>What the reference must make: the model's <c>config.json</c>, and the lengths of each batch's sequences.</summary>
    public JsonObject ToJson() =>
        new()
        {
            ["size"] = Name,
            ["repeats"] = Repeats,
            ["product"] = Product,
            ["config"] = Shape.Config(Vocabulary, 1, 0).ToJson(),
            ["batches"] = new JsonObject(
                Batches.Select(batch =>
                    KeyValuePair.Create(
                        batch.Key,
                        (JsonNode?)new JsonArray([.. batch.Value.SelectMany(row => row).Select(l => (JsonNode)l)])
                    )
                )
            ),
        };

    /// <summary>
    /// The operations of a step's matrix products, without what is computed twice: two a weight and token forward, two for the gradient of
    /// what goes in, two for that of a weight that is trained (Kaplan et al., arXiv 2001.08361), the head's among them, and of attention
    /// the half that is seen.
    /// </summary>
    /// <param name="batch">The batch's name.</param>
    /// <param name="full">Whether all weights are trained.</param>
    public double Operations(string batch, bool full)
    {
        var (hidden, keys) = ((double)Shape.HiddenSize, (double)Shape.HiddenSize / Shape.Heads * Shape.KeyValueHeads!.Value);
        var layer = 2 * hidden * hidden + 2 * hidden * keys + 3 * hidden * Shape.FeedForwardSize!.Value;
        int[] lengths = [.. Batches[batch].SelectMany(row => row)];
        return lengths.Sum() * (Shape.Layers * layer + Vocabulary * hidden) * (full ? 6 : 4)
            + lengths.Sum(length => 2 * hidden * length * length) * Shape.Layers * 3;
    }

    /// <summary>Twice eight sequences of an eighth to seven eighths of a row, two by two, and a whole one: they fill ten rows.</summary>
    private int[][] Packed => [.. Enumerable.Range(0, 10).Select(i => i % 5 == 4 ? (int[])[Length] : Pair(i % 5 + 1))];

    private int[] Pair(int eighths) => [Length * eighths / 8, Length - Length * eighths / 8];
}
