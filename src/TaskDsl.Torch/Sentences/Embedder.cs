using System.Text;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Objectives.Losses;
using TaskDsl.Torch.Opening.Loading;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Sentences;

/// <summary>Makes vectors of texts, each text read by itself. Use it from one thread at a time.</summary>
/// <param name="model">The model, of any kind. Its owner disposes it.</param>
public sealed class Embedder(LoadedModel model)
{
    /// <summary>How a text's hidden states become one vector, and how much of a text is read.</summary>
    public SentenceLayout Layout { get; init; } = new();

    /// <summary>The layer whose states are pooled; null = the last. Layer 0 is the embeddings.</summary>
    public int? Layer { get; init; }

    /// <summary>How many texts are read at a time.</summary>
    public int Rows { get; init; } = 32;

    /// <summary>How many texts were too long until now, and were cut.</summary>
    public int Cut { get; private set; }

    /// <summary>How many tokens the texts had until now, as far as they were read.</summary>
    public long Tokens { get; private set; }

    /// <summary>The texts' vectors, float32 <c>[texts, hidden]</c> on the CPU; equal texts have equal ones.</summary>
    /// <param name="texts">The texts, one or more.</param>
    /// <param name="progress">Hears how many distinct texts are read.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="HuggingFace.ModelException">The model's numbers are none (NaN or infinite).</exception>
    public Tensor Embed(IReadOnlyList<string> texts, IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var text in texts)
            numbers.TryAdd(text, numbers.Count);
        var (rows, lengths) = (new Tensor[numbers.Count], new int[numbers.Count]);
        using var ungraded = no_grad();
        using var tf32 = model.Tf32 is { } on ? TorchRuntime.UseTf32(on) : null;
        using var narrow = Autocast.Begin(model.Model.Device, model.AnswersIn?.Scalar());
        using var scope = NewDisposeScope();
        var done = 0;
        foreach (
            var part in numbers
                .Select(text => (Number: text.Value, Ids: Ids(text.Key)))
                .OrderBy(text => text.Ids.Length)
                .ThenBy(text => text.Number)
                .Chunk(Math.Max(1, Rows))
        )
        {
            cancellation.ThrowIfCancellationRequested();
            using var inner = NewDisposeScope();
            using var pass = new ForwardPass(
                model.Model,
                new TokenBatch([.. part.Select(text => new[] { Sequence(text.Ids) })], model.Tokenizer.Padding)
            );
            var (hidden, real) = pass.Texts([.. part.Select(text => text.Ids)], Layer);
            var vectors = TextVectors.Pool(hidden, real, Layout.Pooling); // [texts, hidden]
            vectors = (Layout.IsNormalised ? nn.functional.normalize(vectors, 2, 1) : vectors).cpu();
            for (var i = 0; i < part.Length; i++)
                (rows[part[i].Number], lengths[part[i].Number]) = (vectors[i].MoveToOuterDisposeScope(), part[i].Ids.Length);
            progress?.Report(done += part.Length);
        }

        var all = stack(rows); // [distinct texts, hidden]
        FiniteScores.Check(model.Model, TensorMemory.Span<float>(all.contiguous()));
        Tokens += texts.Sum(text => (long)lengths[numbers[text]]);
        if (rows.Length < texts.Count)
            all = all.index_select(0, tensor(texts.Select(text => (long)numbers[text]).ToArray())); // [texts, hidden]
        return all.MoveToOuterDisposeScope();
    }

    private static TokenSequence Sequence(int[] ids) => new(ids, new bool[ids.Length], default);

    private int[] Ids(string text)
    {
        var ids = new List<int>();
        model.Tokenizer.Encode(Encoding.UTF8.GetBytes(Layout.Prompt + text), special: false, ids);
        var (prefix, suffix) = (model.Tokenizer.Prefix, model.Tokenizer.Suffix);
        var longest = Math.Min(Layout.Longest ?? int.MaxValue, model.Model.Config.MaxPositions);
        var room = Math.Max(0, longest - prefix.Count - suffix.Count);
        if (ids.Count > room)
        {
            Cut++;
            ids.RemoveRange(room, ids.Count - room);
        }

        // A text without a token is the token that ends one.
        return prefix.Count + ids.Count + suffix.Count == 0 ? [model.Tokenizer.EndOfText] : [.. prefix, .. ids, .. suffix];
    }
}
