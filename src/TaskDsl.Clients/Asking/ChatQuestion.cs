using System.Text;
using System.Text.Json.Nodes;

namespace TaskDsl.Clients.Asking;

/// <summary>A question to a client: equal questions are asked once.</summary>
/// <param name="Turns">The conversation that is to be answered.</param>
/// <param name="MaxTokens">The most tokens of the answer.</param>
public sealed record ChatQuestion(IReadOnlyList<ChatTurn> Turns, int MaxTokens)
{
    // What layouts of messages may add to each, and to all.
    private const int TokensOfTurn = 16;

    /// <summary>What scores are divided by before a token is drawn. Default: the server's own.</summary>
    public double? Temperature { get; init; }

    /// <summary>Only the fewest tokens are drawn from that have this probability together. Default: the server's own.</summary>
    public double? TopP { get; init; }

    /// <summary>The seed of what is drawn, for servers that take one. Default: none.</summary>
    public long? Seed { get; init; }

    /// <summary>The JSON schema of the answer. Default: none.</summary>
    public JsonObject? Schema { get; init; }

    /// <summary>The number of this answer where one question is answered several times.</summary>
    public int Sample { get; init; }

    /// <summary>
    /// The most tokens that it and its answer can have: no tokenizer makes more than one token of a byte, and no answer is longer than
    /// it may be.
    /// </summary>
    internal TokenUsage Most => new(Bytes + TokensOfTurn * (Turns.Count + 1), MaxTokens);

    /// <summary>The bytes of all that is said.</summary>
    internal long Bytes =>
        Turns.Sum(turn => (long)Encoding.UTF8.GetByteCount(turn.Text)) + Encoding.UTF8.GetByteCount(Schema?.ToJsonString() ?? "");
}
