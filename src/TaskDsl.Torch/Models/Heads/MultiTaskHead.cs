using TaskDsl.HuggingFace;
using TaskDsl.Tasks;

namespace TaskDsl.Torch.Models.Heads;

/// <summary>
/// The scores of several tasks, one behind the other: of a whole text's labels or number from the mean of its states (a decoder's from the
/// last, which alone has seen the text), and of tags from each word's first token. In <c>config.json</c> <c>id2label</c> tells the tasks
/// apart (<c>task/label</c>), and <c>problem_type</c> lists what each one answers, in their order.
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
        foreach (var task in tasks)
            if (task.OutputFields is not [{ Type: "label" or "labels" or "float" or "int" or "entities" }])
                throw new MisfitException(
                    $"multi_task: task '{task.Name}' has outputs of type "
                        + $"{string.Join(", ", task.OutputFields.Select(field => field.Type))}; "
                        + "expected one of type label, labels, float, int or entities."
                );
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

    /// <summary>What each of a model's tasks answers, in their order.</summary>
    /// <exception cref="ModelException">Its <c>config.json</c> does not say it of each.</exception>
    public static IReadOnlyList<string> Problems(ModelConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        var names = Tasks(config.Labels).Select(task => task.Name).ToArray();
        string[] known =
        [
            SequenceClassificationHead.SingleLabel,
            SequenceClassificationHead.MultiLabel,
            SequenceClassificationHead.Regression,
            Tags,
        ];
        var problems = config.Problem?.Split(',') ?? [];
        return problems.Length == names.Length && problems.All(known.Contains)
            ? problems
            : throw new ModelException(
                $"config.json: problem_type is {(config.Problem is null ? "not there" : $"'{config.Problem}'")}, where one of "
                    + $"{string.Join(", ", known)} is expected for each of the model's tasks ({string.Join(", ", names)}), with commas "
                    + "between them. Write it there, or take the folder as the run wrote it."
            );
    }

    /// <summary>The tasks that a head's scores are of, in their order: where each one's begin, and what they mean.</summary>
    public static IEnumerable<(string Name, int First, IReadOnlyList<string> Labels)> Tasks(IReadOnlyList<string> labels) =>
        from label in labels.Index()
        let slash = label.Item.IndexOf('/', StringComparison.Ordinal) // No task has one in its name.
        group (label.Index, Label: label.Item[(slash + 1)..]) by label.Item[..Math.Max(slash, 0)] into task
        select (task.Key, task.First().Index, (IReadOnlyList<string>)[.. task.Select(label => label.Label)]);
}
