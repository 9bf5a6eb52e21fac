using TaskDsl.Tasks;

namespace TaskDsl.Torch.Models.Heads;

/// <summary>
/// The scores of several tasks, one behind the other: of a whole text's labels or number from the mean of its states (a decoder's from the
/// last, which alone has seen the text), and of tags from each word's first token. In <c>config.json</c> <c>id2label</c> tells the tasks apart
/// (<c>task/label</c>), and <c>problem_type</c> lists what each one answers, in their order.
/// </summary>
public sealed record MultiTaskHead : TaskHead
{
    /// <summary>A tag for each word, in a list of problem types.</summary>
    public const string Tags = "token_classification";

    /// <inheritdoc/>
    public override string ClassSuffix => "ForMultipleTasks";

    /// <inheritdoc/>
    public override string Summary => "that answers several tasks";

    // What an encoder of sentences was trained by; its first token may mean nothing.
    /// <inheritdoc/>
    public override bool ReadsMean(LanguageModel model) => model is Encoder or Decoder { IsBidirectional: true };

    /// <inheritdoc/>
    public override HeadShape Shape => new() { Out = "score" };

    /// <summary>The head that tasks need together.</summary>
    /// <exception cref="MisfitException">One of them asks for what no head answers.</exception>
    public HeadRequest For(IReadOnlyList<DslTask> tasks)
    {
        ArgumentNullException.ThrowIfNull(tasks);
        // A recipe names a task twice where it has two prompts.
        var own = tasks.DistinctBy(task => task.Name).Select(task => (task.Name, Request: PartOf(task).For(task))).ToArray();
        return new(
            this,
            [.. own.SelectMany(task => task.Request.Labels.Select(label => $"{task.Name}/{label}"))],
            string.Join(',', own.Select(task => task.Request.Problem ?? Tags))
        );
    }

    /// <inheritdoc/>
    public override TaskScores? Of(DslTask task, IReadOnlyList<string> labels)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(labels);
        var part = PartOf(task);
        var request = part.For(task);
        return
            Tasks(labels).FirstOrDefault(known => known.Name == task.Name) is { Labels: { } its, First: var first }
            && its.SequenceEqual(request.Labels)
            ? new(part, first, request)
            : null;
    }

    /// <summary>The head that a task of its own would have.</summary>
    public static SingleTaskHead PartOf(DslTask task)
    {
        ArgumentNullException.ThrowIfNull(task);
        return task.OutputFields is [{ Type: "entities" }] ? new TokenClassificationHead() : new SequenceClassificationHead();
    }

    /// <summary>The tasks that a head's scores are of, in their order: where each one's begin, and what they mean.</summary>
    public static IEnumerable<(string Name, int First, IReadOnlyList<string> Labels)> Tasks(IReadOnlyList<string> labels) =>
        from label in labels.Index()
        let slash = label.Item.IndexOf('/', StringComparison.Ordinal) // No task has one in its name.
        group (label.Index, Label: label.Item[(slash + 1)..]) by label.Item[..Math.Max(slash, 0)] into task
        select (task.Key, task.First().Index, (IReadOnlyList<string>)[.. task.Select(label => label.Label)]);
}
