using System.Buffers;
using System.Text;
using TaskDsl.Tasks;
using TaskDsl.Vocabulary;

namespace TaskDsl.Data.Splits;

/// <summary>
/// Divides whole groups, so that nothing of a document, patient or customer that is trained on is measured on: each group falls into a part
/// by a hash of its key. The shares are those of the groups, not of the examples; new groups move no old one.
/// </summary>
[Keyword("grouped")]
public sealed record Grouped : Split
{
    /// <summary>
    /// What examples of a group have in common: an expression over the fields. Default: the column that the sources name as <c>group</c>.
    /// </summary>
    [Shorthand]
    public TextExpression? By { get; init; }

    /// <inheritdoc/>
    protected override void WriteKey(IBufferWriter<byte> utf8, Example example, DslTask task)
    {
        var key = By is null ? example.Origin.Group : By.Of(example);
        if (key is null)
            throw new DataException(
                By is null
                    ? $"{example.Origin}: error: the example belongs to no group. A grouped split needs the column of the groups: "
                        + $"'group: <column>' at each source of the task '{task.Name}', or 'by: <field>' at the split."
                    : $"{example.Origin}: error: '{By}' is nothing here, so the example belongs to no group."
            );
        Encoding.UTF8.GetBytes(key, utf8);
    }
}
