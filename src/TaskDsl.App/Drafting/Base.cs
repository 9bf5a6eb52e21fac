namespace TaskDsl.App.Drafting;

/// <summary>The model that a draft's recipe starts from: the one place where it is chosen.</summary>
internal sealed record Base
{
    // The encoder that the package TaskDsl.Models.MiniLM brings: it reads English, and writes nothing.
    private const string English = "minilm";

    /// <summary>What the recipe says of its model; the longest row is given, in tokens.</summary>
    public required Func<int, string> Model { get; init; }

    /// <summary>What it is called in the recipe's summary.</summary>
    public required string Called { get; init; }

    /// <summary>What a person should know of it.</summary>
    public required string Comment { get; init; }

    /// <summary>How fast it learns.</summary>
    public required string LearningRate { get; init; }

    /// <summary>Tokens of a batch, about.</summary>
    public required int BatchTokens { get; init; }

    /// <summary>Steps, where they end the run.</summary>
    public required int MostSteps { get; init; }

    /// <summary>The base of a draft.</summary>
    public static Base Of(Draft draft)
    {
        const string nothing =
            "It begins with nothing: a number to stand on. A pretrained model of the field (model: <folder>) is the first thing to change.";
        return draft.Output.HasHead && draft.Models.Contains(English) && draft.IsIn("en")
                ? new Base
                {
                    Model = _ => English,
                    Called = $"The English encoder {English}",
                    Comment =
                        $"{English} reads English alone. For another language write {{encoder: {{…}}}}, which begins with nothing, or a "
                        + "pretrained model (model: <folder>).",
                    LearningRate = "3e-4",
                    // 22 million weights: some minutes on a processor, too.
                    BatchTokens = 2048,
                    MostSteps = 500,
                }
            : draft.Output.HasHead
                ? new Base
                {
                    Model = row => $"{{encoder: {{vocabulary_size: 4096, hidden_size: 128, layers: 2, heads: 4, max_positions: {row}}}}}",
                    Called = "A small new encoder",
                    Comment = nothing,
                    LearningRate = "5e-4",
                    BatchTokens = 4096,
                    MostSteps = 1000,
                }
            : new Base
            {
                Model = row => $"{{decoder: {{vocabulary_size: 4096, hidden_size: 160, layers: 4, heads: 5, max_positions: {row}}}}}",
                Called = "A small new decoder",
                Comment = nothing,
                LearningRate = "1e-3",
                BatchTokens = 4096,
                MostSteps = 1000,
            };
    }
}
