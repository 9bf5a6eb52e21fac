using Microsoft.Extensions.AI;
using TaskDsl.HuggingFace;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Layers;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Objectives.Losses;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Torch.Tuning.Adapters;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Sentences;

/// <summary>
/// A model that makes vectors of sentences, behind the interface that .NET's libraries ask for. Requests may come from several threads;
/// they are answered one after the other.
/// </summary>
public sealed class SentenceModel : IEmbeddingGenerator<string, Embedding<float>>
{
    private readonly LoadedModel model;
    private readonly Embedder embedder;
    private readonly Lock gate = new();
    private readonly EmbeddingGeneratorMetadata metadata;

    private SentenceModel(string folder, LoadedModel model, Embedder embedder)
    {
        (this.model, this.embedder) = (model, embedder);
        metadata = new("taskdsl", null, Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))), Size);
    }

    /// <summary>How many numbers a vector has.</summary>
    public int Size => model.Model.Config.HiddenSize;

    /// <summary>How many texts were too long until now, and were cut.</summary>
    public int Cut => embedder.Cut;

    /// <summary>What its user should know of its files.</summary>
    public IReadOnlyList<string> Notices => model.Notices;

    /// <summary>Opens a model's folder, or an adapter's.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="device">Where it computes. Default: the CPU.</param>
    /// <param name="pooling">How a text's states become one vector. Default: as the folder says, else their mean.</param>
    /// <param name="rows">How many texts are read at a time.</param>
    /// <exception cref="ModelException">The folder is missing, broken or of a kind that is not supported.</exception>
    public static SentenceModel Open(string folder, Device? device = null, Pooling? pooling = null, int rows = 32)
    {
        var layout = SentenceLayout.Read(folder);
        // Weights that an adapter stands on stay as they are.
        var weights = AdapterFolder.IsAdapter(folder) ? null : PackedWeight.On(device ?? CPU);
        var model = LoadedModel.Load(folder, device, weights: weights);
        try
        {
            FiniteScores.CheckWeights(model.Model, model.Added);
            var embedder = new Embedder(model) { Layout = layout with { Pooling = pooling ?? layout.Pooling }, Rows = rows };
            return new SentenceModel(folder, model, embedder);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>The texts' vectors, in their order.</summary>
    public float[][] Embed(IReadOnlyList<string> texts, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        if (texts.Count == 0)
            return [];
        lock (gate)
        {
            using var all = embedder.Embed(texts, null, cancellationToken).DetachFromDisposeScope();
            var numbers = TensorMemory.Span<float>(all);
            var vectors = new float[texts.Count][];
            for (var i = 0; i < vectors.Length; i++)
                vectors[i] = numbers.Slice(i * Size, Size).ToArray();
            return vectors;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The options ask for vectors of another size.</exception>
    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values,
        EmbeddingGenerationOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        string[] texts = [.. values];
        if (options?.Dimensions is { } wanted && wanted != Size)
            throw new ArgumentException($"The model's vectors have {Size} numbers; {wanted} are asked for.", nameof(options));
        return Task.Run(
            () =>
            {
                lock (gate)
                {
                    var before = embedder.Tokens;
                    var made = DateTimeOffset.UtcNow;
                    var vectors = Embed(texts, cancellationToken);
                    var read = embedder.Tokens - before;
                    return new GeneratedEmbeddings<Embedding<float>>(
                        vectors.Select(vector => new Embedding<float>(vector) { CreatedAt = made, ModelId = metadata.DefaultModelId })
                    )
                    {
                        Usage = new UsageDetails { InputTokenCount = read, TotalTokenCount = read },
                    };
                }
            },
            cancellationToken
        );
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(EmbeddingGeneratorMetadata) ? metadata
            : serviceType.IsInstanceOfType(this) ? this
            : null;
    }

    /// <inheritdoc/>
    public void Dispose() => model.Dispose();
}
