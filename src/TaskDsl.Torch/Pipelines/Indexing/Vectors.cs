using System.ComponentModel.DataAnnotations;
using TaskDsl.Torch.Objectives.Losses;
using TaskDsl.Torch.Pipelines.Curating;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Pipelines.Indexing;

/// <summary>
/// By vectors that a model of any kind makes of whole texts: what is near is what has a small angle to the question's (cosine similarity).
/// The model's fingerprint is kept, and another one's vectors are not compared with these.
/// </summary>
[Keyword("vectors")]
public sealed record Vectors : IndexMethod
{
    /// <summary>The model: a step's or a folder.</summary>
    [Shorthand, StepResult("model"), FilePath]
    public required string Model { get; init; }

    /// <summary>
    /// The layer whose states are pooled, counted from 1; 0 = the token embeddings. Default: the last, behind its normalisation.
    /// </summary>
    [Range(0, 10000)]
    public int? Layer { get; init; }

    /// <summary>How a text's hidden states become one vector.</summary>
    public Pooling Pooling { get; init; } = Pooling.Mean;

    /// <summary>Texts read at a time.</summary>
    [DoesNotShape, Range(1, 4096)]
    public int Rows { get; init; } = 32;

    /// <summary>Where the model runs: <c>auto</c>, <c>cpu</c>, <c>cuda</c> or <c>cuda:n</c>.</summary>
    [DoesNotShape, RegularExpression("^(auto|cpu|cuda(:[0-9]+)?)$")]
    public string Device { get; init; } = "auto";

    /// <inheritdoc/>
    public override void Shape(StepShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        shape.AddModel(Model);
    }

    /// <inheritdoc/>
    public override void Write(StepContext step, IReadOnlyList<string> texts)
    {
        using var embedder = Embedder(step);
        VectorIndex.Write(step, embedder, texts);
    }

    /// <inheritdoc/>
    public override SearchIndex Open(StepContext asking, string folder, IReadOnlyList<string> texts) =>
        new VectorIndex(folder, texts, Model, () => Embedder(asking));

    private TextEmbedder Embedder(StepContext step) =>
        new(step, Model, Device)
        {
            Layer = Layer,
            Pooling = Pooling,
            Rows = Rows,
        };
}
