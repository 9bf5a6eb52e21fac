using TaskDsl.Data;
using TaskDsl.HuggingFace.Tokenizers;
using TaskDsl.Prompts;
using TaskDsl.Tasks;
using TaskDsl.Torch.Draws;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Batches.Sources;

/// <summary>A task's examples, rendered by a prompt. Each drawing of an example has a phrasing and demonstrations of its own.</summary>
public sealed class TaskSource : TokenSource, IDisposable
{
    private readonly ThreadLocal<PromptBuffer> buffers = new(() => new PromptBuffer(), trackAllValues: true);

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

    /// <summary>What is learned from an example: the run's objective. Default: the prompt and its answer.</summary>
    public IExampleEncoder Objective { get; init; } = new PromptAndAnswer();

    /// <summary>Whether the model reads one text and writes another.</summary>
    public bool Separate { get; init; }

    /// <summary>The phrasing that all are rendered by, or the last where a language has fewer. Default: each drawing has its own.</summary>
    public int? Phrasing { get; init; }

    /// <inheritdoc/>
    public override string Name => Prompt.Name;

    /// <inheritdoc/>
    public override int Count => Examples.Count;

    /// <summary>A fingerprint of the examples, and of those that demonstrations are drawn from.</summary>
    public string Fingerprint { get; init; } = "";

    /// <summary>Whether an example has the same tokens however often it was drawn.</summary>
    internal bool IsSameInEachRepetition =>
        Seed is null
        || (Demonstrations.Count == 0 && (Phrasing is not null || Prompt.Task.Languages.All(language => Prompt.Phrasings(language) == 1)));

    /// <inheritdoc/>
    public override TokenGroup Encode(int index, int repetition) => Encode(Examples[index], index, repetition);

    /// <summary>Tokenises the examples from one number to before another.</summary>
    internal IEnumerable<TokenGroup> Encode(int from, int to, int repetition) =>
        (Examples is ExampleFile file ? file.Slice(from, to) : Enumerable.Range(from, to - from).Select(i => Examples[i])).Select(
            (example, i) => Encode(example, from + i, repetition)
        );

    /// <summary>Where an example was read from.</summary>
    internal RecordOrigin OriginOf(int index) => Examples is ExampleFile file ? file.OriginOf(index) : Examples[index].Origin;

    /// <summary>Everything that shapes the tokens of a repetition, the code that makes them included.</summary>
    internal IEnumerable<string> Ingredients(int repetition)
    {
        var chat = ChatFormat ?? Prompt.ChatFormat;
        return
        [
            Fingerprint,
            Prompt.Name,
            Prompt.Fingerprint,
            Prompt.Task.Fingerprint,
            chat.Fingerprint(),
            Tokenizer.Fingerprint,
            Objective.GetType().FullName!,
            DefinitionJson.Write(Objective)?.ToJsonString() ?? "",
            $"{Separate} {Demonstrations.Fingerprint} {Phrasing}",
            IsSameInEachRepetition
                ? Seed is null
                    ? "as measured"
                    : "each pass"
                : $"pass {repetition} of seed {Seed}",
            .. new[] { typeof(Example), typeof(TaskSource), Objective.GetType().BaseType!, Objective.GetType(), chat.GetType() }
                .Select(type => type.Module.ModuleVersionId.ToString())
                .Distinct(),
        ];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var buffer in buffers.Values)
            buffer.Dispose();
        buffers.Dispose();
    }

    private TokenGroup Encode(Example example, int index, int repetition)
    {
        if (Seed is not { } seed)
            return Encode(example, 0, [.. Demonstrations.Of(Prompt.Task, example)]);
        var draw = new Draw(seed, Draw.Seed(Prompt.Name), index, repetition);
        var drawn = draw.Below(Prompt.Phrasings(example.Language));
        var phrasing = Phrasing is { } given ? Math.Min(given, Prompt.Phrasings(example.Language) - 1) : drawn;
        return Encode(
            example,
            phrasing,
            Demonstrations.Count == 0
                ? []
                : [.. Demonstrations.Of(example.Language, example.InputValue, Demonstrations.AreFrom(Examples) ? index : null, draw)]
        );
    }

    private TokenGroup Encode(Example example, int phrasing, ReadOnlySpan<Example> shown) =>
        Objective.Encode(new ExampleTokens(example, Prompt, phrasing, shown, ChatFormat, Tokenizer, buffers.Value!, Separate));

    private sealed record PromptAndAnswer : IExampleEncoder
    {
        public TokenGroup Encode(ExampleTokens example) => new(example.PromptAndCompletion());
    }
}
