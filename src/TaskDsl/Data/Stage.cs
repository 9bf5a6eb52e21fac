using TaskDsl.Tasks;

namespace TaskDsl.Data;

/// <summary>One step that examples pass through after they are read. Each stage is one file with a <c>[Keyword]</c> record.</summary>
public abstract record Stage
{
    /// <summary>Passes the examples on. What is left out is counted: <paramref name="dropped"/> is called with the reason for each.</summary>
    public abstract IAsyncEnumerable<T> ApplyAsync<T>(IAsyncEnumerable<T> examples, DslTask task, Action<T, string> dropped, CancellationToken cancellationToken)
        where T : Example;
}
