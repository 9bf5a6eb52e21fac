using TaskDsl.Prompts;
using TaskDsl.Tasks;
using TaskDsl.Torch.Objectives;
using TaskDsl.Torch.Tokenizers;

namespace TaskDsl.Torch.Batching;

/// <summary>A task's examples, rendered by a prompt. Each drawing of an example has a phrasing and demonstrations of its own.</summary>
public sealed class TaskSource : TokenSource, IDisposable
{
    /// <summary>Sources of at most so many examples keep their tokens from epoch to epoch.</summary>
    private const int Remembered = 50_000;
    private readonly ThreadLocal<PromptBuffer> buffers = new(() => new PromptBuffer(), trackAllValues: true);
    private readonly System.Collections.Concurrent.ConcurrentDictionary<(int Index, int Phrasing), TokenSequence> known = new();

    /// <summary>The prompt.</summary>
    public required Prompt Prompt { get; init; }

    /// <summary>The examples.</summary>
    public required IReadOnlyList<Example> Examples { get; init; }

    /// <summary>What is shown before the question.</summary>
    public required Demonstrations Demonstrations { get; init; }

    /// <summary>The model's tokeniser.</summary>
    public required Tokenizer Tokenizer { get; init; }

    /// <summary>The model's layout of messages. Default: the prompt's own.</summary>
    public ChatFormat? ChatFormat { get; init; }

    /// <summary>The run's seed; null to use the first phrasing and fixed demonstrations, as measurements do.</summary>
    public int? Seed { get; init; }

    /// <summary>What is learned from an example.</summary>
    public Objective Objective { get; init; } = new Supervised();

    /// <summary>Whether the model reads one text and writes another.</summary>
    public bool Separate { get; init; }

    /// <summary>How often an epoch goes through the examples.</summary>
    public double Share { get; init; } = 1;

    /// <inheritdoc/>
    public override string Name => Prompt.Name;

    /// <inheritdoc/>
    public override int Count => Examples.Count;

    /// <inheritdoc/>
    public override double Weight => Share;

    /// <inheritdoc/>
    public override TokenSequence Encode(int index, int pass)
    {
        var example = Examples[index];
        if (Seed is not { } seed) return Encode(example, 0, Demonstrations.Fixed(example.Language));
        var draw = new Draw(seed, Draw.Seed(Prompt.Name), index, pass);
        var phrasing = draw.Below(Prompt.Phrasings(example.Language));
        return Demonstrations.Count == 0 && Count <= Remembered
            ? known.GetOrAdd((index, phrasing), static (key, source) => source.Encode(source.Examples[key.Index], key.Phrasing, []), this)
            : Encode(example, phrasing, Demonstrations.Of(example.Language, Demonstrations.AreFrom(Examples) ? index : null, draw));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var buffer in buffers.Values) buffer.Dispose();
        buffers.Dispose();
    }

    private TokenSequence Encode(Example example, int phrasing, ReadOnlySpan<Example> shown) =>
        Objective.Encode(new ExampleTokens(example, Prompt, phrasing, shown, ChatFormat, Tokenizer, buffers.Value!, Separate));
}
