using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Torch.Safetensors;

namespace TaskDsl.Torch.Pipelines.Curating;

/// <summary>
/// Texts as vectors of a model, compared by the cosine of the angle between them. With the vectors lies the fingerprint of the model that
/// has made them: another one's are not compared with them.
/// </summary>
public sealed class VectorIndex : SearchIndex
{
    private const string File = "vectors.safetensors";
    private const string Tensor = "vectors";
    private const string Model = "model";

    private readonly Lazy<TextEmbedder> embedder;
    private readonly IReadOnlyList<string> texts;
    private readonly VectorTable table;
    private readonly Dictionary<string, int> known = new(StringComparer.Ordinal);

    /// <summary>Opens the vectors of a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="texts">The texts whose vectors they are.</param>
    /// <param name="model">The name of the model, for messages.</param>
    /// <param name="embedder">Opens the model, where other texts are asked for. The index disposes it.</param>
    public VectorIndex(string folder, IReadOnlyList<string> texts, string model, Func<TextEmbedder> embedder)
    {
        ArgumentNullException.ThrowIfNull(texts);
        this.texts = texts;
        using var file = SafetensorsFile.Open(Path.Combine(folder, File));
        var made = file.Metadata.GetValueOrDefault(Model);
        using (TorchSharp.torch.NewDisposeScope())
            table = new VectorTable(file.Read(Tensor).clone());
        for (var i = 0; i < texts.Count; i++)
            known.TryAdd(texts[i], i);
        this.embedder = new(() =>
        {
            var opened = embedder();
            if (opened.Fingerprint == made)
                return opened;
            opened.Dispose();
            throw new RunException(
                $"the index was made by another model than '{model}' is now ({made}, and this is {opened.Fingerprint}): vectors of two "
                    + "models cannot be compared. Run the index's step again (--from), or give it the model that is meant."
            );
        });
    }

    /// <inheritdoc/>
    public override int Count => table.Count;

    /// <summary>Writes texts' vectors into a step's folder.</summary>
    public static void Write(StepContext step, TextEmbedder embedder, IReadOnlyList<string> texts)
    {
        ArgumentNullException.ThrowIfNull(step);
        ArgumentNullException.ThrowIfNull(embedder);
        using var vectors = embedder.Embed(texts);
        SafetensorsFile.Write(
            Path.Combine(step.Folder, File),
            [KeyValuePair.Create(Tensor, vectors.Rows)],
            new Dictionary<string, string> { [Model] = embedder.Fingerprint }
        );
    }

    /// <inheritdoc/>
    public override IReadOnlyList<SearchHit[]> Search(IReadOnlyList<string> questions, int count)
    {
        ArgumentNullException.ThrowIfNull(questions);
        var hits = new SearchHit[questions.Count][];
        using var asked = Vectors(questions);
        asked.Compare(table, (question, similarities) => hits[question] = Best(similarities, count));
        return hits;
    }

    /// <inheritdoc/>
    /// <remarks>Texts of the index are looked up; only others are read by the model.</remarks>
    public override VectorTable Vectors(IReadOnlyList<string> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        string[] others = [.. texts.Where(text => !known.ContainsKey(text)).Distinct(StringComparer.Ordinal)];
        if (others.Length == 0)
            return table.Take([.. texts.Select(text => known[text])]);
        var place = others.Index().ToDictionary(other => other.Item, other => table.Count + other.Index, StringComparer.Ordinal);
        using var more = embedder.Value.Embed(others);
        using var scope = TorchSharp.torch.NewDisposeScope();
        using var all = new VectorTable(TorchSharp.torch.cat([table.Rows, more.Rows], 0)); // [texts and others, hidden]
        return all.Take([.. texts.Select(text => known.TryGetValue(text, out var at) ? at : place[text])]);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        table.Dispose();
        if (embedder.IsValueCreated)
            embedder.Value.Dispose();
        base.Dispose(disposing);
    }
}
