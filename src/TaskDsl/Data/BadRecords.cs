using TaskDsl.Tasks;
using TaskDsl.Vocabulary;

namespace TaskDsl.Data;

/// <summary>What happens to a record that does not fit its task.</summary>
public abstract record BadRecords;

/// <summary>The first record that does not fit ends the reading with its place and reason.</summary>
[Keyword("fail")]
public sealed record Fail : BadRecords;

/// <summary>Records that do not fit are set aside in a file, with place and reason, and counted in the report.</summary>
[Keyword("quarantine")]
public sealed record Quarantine : BadRecords
{
    /// <summary>
    /// The file that receives them, as JSON Lines; relative to the folder of runs (<c>runs</c>). Default: <c>&lt;task&gt;.rejects.jsonl</c>.
    /// </summary>
    [Shorthand, FilePath(MayBeAbsent = true)]
    public string? Path { get; init; }

    /// <summary>The file of a task: each has one of its own, so that none writes over another's.</summary>
    public string PathOf(DslTask task) => Path ?? $"{(task ?? throw new ArgumentNullException(nameof(task))).Name}.rejects.jsonl";
}
