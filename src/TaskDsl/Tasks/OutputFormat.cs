using TaskDsl.Metrics.Counting;

namespace TaskDsl.Tasks;

/// <summary>
/// How an output is written as text and read back. Each format is one file with a <c>[Keyword]</c> record that says what it
/// <see cref="WritesAttribute">writes</see>.
/// </summary>
public abstract record OutputFormat
{
    /// <summary>What scores such answers where the task names no metrics; never empty.</summary>
    public abstract IReadOnlyList<Metric> Metrics { get; }

    /// <summary>Whether an answer names one of a few classes, so that a table can count which was taken for which.</summary>
    public virtual bool NamesClass => false;

    /// <summary>Whether an answer is one of a few that are known before it, each of which has a probability.</summary>
    public virtual bool NamesOne => NamesClass;
}
