using TaskDsl.Data.Shapes.Reading;
using TaskDsl.Vocabulary;

namespace TaskDsl.Data.Shapes;

/// <summary><c>conversations</c> of turns with <c>from</c> and <c>value</c>, as ShareGPT has them. The last turn is the answer.</summary>
/// <remarks>Columns: <c>system</c>, <c>user</c>, <c>dialogue</c>. The task's only input field is read from <c>user</c>.</remarks>
[Keyword("sharegpt")]
public sealed record ShareGpt : Conversation
{
    /// <inheritdoc/>
    protected override string Turns => "conversations";

    /// <inheritdoc/>
    protected override string Speaker => "from";

    /// <inheritdoc/>
    protected override string Words => "value";
}
