using System.Text.Json.Serialization;

namespace TaskDsl.Clients.Asking;

/// <summary>A question with its answer: a line of the cache, and of a step's file.</summary>
/// <param name="Key">What the question is found by.</param>
/// <param name="Question">The question.</param>
/// <param name="Answer">The answer.</param>
internal sealed record AskedQuestion(
    [property: JsonRequired] string Key,
    [property: JsonRequired] ChatQuestion Question,
    [property: JsonRequired] ChatAnswer Answer
);
