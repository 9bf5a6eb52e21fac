using System.Text;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Objectives.Losses;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Torch.Runs;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Pipelines.Curating;

/// <summary>A model that makes vectors of texts, each text read by itself.</summary>
public sealed class TextEmbedder : IDisposable
{
    private readonly StepContext step;
    private readonly LoadedModel model;

    /// <summary>Opens the model.</summary>
    /// <param name="step">The step that needs the vectors.</param>
    /// <param name="named">The model's name.</param>
    /// <param name="device">Where it computes.</param>
    public TextEmbedder(StepContext step, string named, string device)
    {
        ArgumentNullException.ThrowIfNull(step);
        this.step = step;
        var folder = step.Model(named);
        Fingerprint = Fingerprints.OfFolder(folder, folder);
        model = step.OpenAlone(named, prompt: null, device);
        try
        {
            FiniteScores.CheckWeights(model.Model, model.Added);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Says which model it is, by what is in its folder.</summary>
    public string Fingerprint { get; }

    /// <summary>The layer whose states are pooled; null = the last. Layer 0 is the embeddings.</summary>
    public int? Layer { get; init; }

    /// <summary>How a text's hidden states become one vector.</summary>
    public Pooling Pooling { get; init; }

    /// <summary>How many texts are read at a time.</summary>
    public int Rows { get; init; } = 32;

    /// <summary>
    /// The texts' vectors; equal texts have equal ones. Texts that are too long are cut, and counted. The caller disposes them.
    /// </summary>
    /// <exception cref="RunException">The model has no such layer.</exception>
    public VectorTable Embed(IReadOnlyList<string> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        if (Layer > model.Model.ReadingLayers)
            throw new RunException(
                $"layer {Layer}: the model reads a text by {model.Model.ReadingLayers} layers, counted from 1; 0 are its embeddings."
            );
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var text in texts)
            numbers.TryAdd(text, numbers.Count);
        var rows = new Tensor[numbers.Count];
        using var ungraded = no_grad();
        using var tf32 = model.Tf32 is { } on ? TorchRuntime.UseTf32(on) : null;
        using var narrow = Autocast.Begin(model.Model.Device, model.AnswersIn?.Scalar());
        using var scope = NewDisposeScope();
        var (done, progress) = (0, step.Counting(numbers.Count));
        foreach (
            var part in numbers
                .Select(text => (Number: text.Value, Ids: Tokens(text.Key)))
                .OrderBy(text => text.Ids.Length)
                .ThenBy(text => text.Number)
                .Chunk(Math.Max(1, Rows))
        )
        {
            step.CancellationToken.ThrowIfCancellationRequested();
            using var inner = NewDisposeScope();
            using var pass = new ForwardPass(
                model.Model,
                new TokenBatch([.. part.Select(text => new[] { Sequence(text.Ids) })], model.Tokenizer.Padding)
            );
            var (hidden, real) = pass.Texts([.. part.Select(text => text.Ids)], Layer);
            var vectors = nn.functional.normalize(TextVectors.Pool(hidden, real, Pooling), 2, 1).cpu(); // [texts, hidden]
            for (var i = 0; i < part.Length; i++)
                rows[part[i].Number] = vectors[i].MoveToOuterDisposeScope();
            progress.Report(done += part.Length);
        }

        var all = stack(rows); // [distinct texts, hidden]
        FiniteScores.Check(model.Model, TensorMemory.Span<float>(all.contiguous()));
        using var distinct = new VectorTable(all);
        return distinct.Take([.. texts.Select(text => numbers[text])]);
    }

    /// <inheritdoc/>
    public void Dispose() => model.Dispose();

    private static TokenSequence Sequence(int[] ids) => new(ids, new bool[ids.Length], default);

    private int[] Tokens(string text)
    {
        var ids = new List<int>();
        model.Tokenizer.Encode(Encoding.UTF8.GetBytes(text), special: false, ids);
        var (prefix, suffix) = (model.Tokenizer.Prefix, model.Tokenizer.Suffix);
        var room = model.Model.Config.MaxPositions - prefix.Count - suffix.Count;
        if (ids.Count > room)
        {
            step.Count("texts cut to the model's length", 1);
            ids.RemoveRange(room, ids.Count - room);
        }

        // A text without a token is the token that ends one.
        return prefix.Count + ids.Count + suffix.Count == 0 ? [model.Tokenizer.EndOfText] : [.. prefix, .. ids, .. suffix];
    }
}
