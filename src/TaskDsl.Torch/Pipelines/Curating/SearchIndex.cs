using TaskDsl.Tasks;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Pipelines.Running;

namespace TaskDsl.Torch.Pipelines.Curating;

/// <summary>Texts that can be searched.</summary>
public abstract class SearchIndex : IDisposable
{
    /// <summary>How many texts there are.</summary>
    public abstract int Count { get; }

    /// <summary>Opens the index that another step has made.</summary>
    /// <param name="asking">The step that searches.</param>
    /// <param name="named">The other's name, with its <c>$</c>.</param>
    /// <param name="task">The task whose examples are searched for.</param>
    /// <exception cref="RunException">It is of another task, or its model is another one by now.</exception>
    public static SearchIndex Open(StepContext asking, string named, DslTask task)
    {
        ArgumentNullException.ThrowIfNull(asking);
        ArgumentNullException.ThrowIfNull(task);
        var made = asking.Made(named);
        if (PipelineGraph.TaskOf(made.Step) is { } own && own.Name != task.Name)
            throw new RunException($"'{named}' is an index of the task '{own.Name}', and this step is for the task '{task.Name}'.");
        return made.Step.Verb is ISearchable searchable
            ? searchable.Open(asking.WithNamesOf(made), made.Folder)
            : throw new RunException($"'{named}' is an index that cannot be searched: its step is no {nameof(ISearchable)}.");
    }

    /// <summary>For each question the nearest texts, best first; of equally near ones the first.</summary>
    /// <param name="questions">The questions.</param>
    /// <param name="count">How many each gets, if there are so many.</param>
    public abstract IReadOnlyList<SearchHit[]> Search(IReadOnlyList<string> questions, int count);

    /// <summary>Any texts as the vectors that the index compares. The caller disposes them.</summary>
    /// <exception cref="RunException">It compares no vectors.</exception>
    public abstract VectorTable Vectors(IReadOnlyList<string> texts);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees what it holds.</summary>
    protected virtual void Dispose(bool disposing) { }

    /// <summary>The best of some scores, best first; of equal ones the first.</summary>
    /// <param name="scores">A score for each text.</param>
    /// <param name="count">How many are wanted.</param>
    /// <param name="except">A text that is passed over. Default: none.</param>
    public static SearchHit[] Best(ReadOnlySpan<float> scores, int count, int except = -1)
    {
        // The worst of those that are held stands first in the queue: lowest score, and of equal ones the last.
        var held = new PriorityQueue<int, (float Score, int Before)>(Math.Max(0, count) + 1);
        for (var i = 0; i < scores.Length && count > 0; i++)
        {
            if (i == except)
                continue;
            if (held.Count < count)
                held.Enqueue(i, (scores[i], -i));
            else
                held.EnqueueDequeue(i, (scores[i], -i));
        }

        var best = new SearchHit[held.Count];
        for (var i = best.Length - 1; i >= 0; i--)
        {
            var text = held.Dequeue();
            best[i] = new SearchHit(text, scores[text]);
        }

        return best;
    }
}
