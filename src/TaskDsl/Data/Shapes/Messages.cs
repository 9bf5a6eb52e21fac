using TaskDsl.Data.Shapes.Reading;
using TaskDsl.Vocabulary;

namespace TaskDsl.Data.Shapes;

/// <summary>
/// <c>messages</c> of turns with <c>role</c> and <c>content</c>, as chat interfaces have them. The last turn is the answer.
/// </summary>
/// <remarks>Columns: <c>system</c>, <c>user</c>, <c>dialogue</c>. The task's only input field is read from <c>user</c>.</remarks>
[Keyword("messages")]
public sealed record Messages : Conversation
{
    /// <inheritdoc/>
    protected override string Turns => "messages";

    /// <inheritdoc/>
    protected override string Speaker => "role";

    /// <inheritdoc/>
    protected override string Words => "content";
}
