namespace TaskDsl.App.Drafting;

/// <summary>The model that a draft's recipe starts from: the one place where it is chosen.</summary>
internal static class Base
{
    /// <summary>What the recipe says of its model.</summary>
    /// <param name="draft">The draft.</param>
    /// <param name="positions">The longest row, in tokens.</param>
    public static string Of(Draft draft, int positions) =>
        draft.Output.HasHead
            ? $"{{encoder: {{vocabulary_size: 4096, hidden_size: 128, layers: 2, heads: 4, max_positions: {positions}}}}}"
            : $"{{decoder: {{vocabulary_size: 4096, hidden_size: 160, layers: 4, heads: 5, max_positions: {positions}}}}}";
}
