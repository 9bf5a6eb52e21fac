using TaskDsl.Tasks;
using TaskDsl.Vocabulary;

namespace TaskDsl.Data.Rejecting;

/// <summary>Records that do not fit are set aside in a file, with place and reason, and counted in the report.</summary>
[Keyword("quarantine")]
public sealed record Quarantine : BadRecords
{
    /// <summary>
    /// The file that receives them, as JSON Lines; relative to the folder of runs (<c>runs</c>). Default:
    /// <c>&lt;task&gt;.rejects.jsonl</c>.
    /// </summary>
    [Shorthand, FilePath(MayBeAbsent = true)]
    public string? Path { get; init; }

    /// <summary>The file of a task: each has one of its own, so that none writes over another's.</summary>
    public string PathOf(DslTask task) => Path ?? $"{(task ?? throw new ArgumentNullException(nameof(task))).Name}.rejects.jsonl";
}
