using System.Runtime.CompilerServices;
using TaskDsl.Formats;
using TaskDsl.Tasks;
using TaskDsl.Torch.Decoding.Generation;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Pipelines.Reading;

/// <summary>
/// The answer is the labels whose surface forms occur anywhere in the text, whatever stands around them; where the task asks for one label,
/// another one beside it makes it no answer. So LawBench (Fei et al., arXiv 2309.16289) reads the answers of its classifications.
/// </summary>
[Keyword("mentions")]
public sealed record Mentions : AnswerFormat
{
    private static readonly ConditionalWeakTable<DslTask, Dictionary<string, string[]>> Known = [];

    /// <summary>Labels, by their keys, that are not looked for, as one that stands in many words.</summary>
    public IReadOnlyList<string> Except { get; init; } = [];

    /// <inheritdoc/>
    public override string? Fault(DslTask task)
    {
        ArgumentNullException.ThrowIfNull(task);
        return task.Format is not (LabelFormat or LabelsFormat)
                ? $"mentions are of labels, and the task '{task.Name}' does not answer by a label or by labels."
            : Except.FirstOrDefault(key => !task.OutputFields[0].Labels.Contains(key)) is { } unknown
                ? $"except: the task '{task.Name}' has no label '{unknown}'{NearestWord.Choice(unknown, task.OutputFields[0].Labels)}"
            : null;
    }

    /// <inheritdoc/>
    public override ReadAnswer Read(DslTask task, string text, Example example)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(example);
        string[] named =
        [
            .. task.OutputFields[0]
                .Labels.Zip(Surfaces(task, example), (Key, Surface) => (Key, Surface))
                .Where(label => text.Contains(label.Surface, StringComparison.Ordinal) && !Except.Contains(label.Key))
                .Select(label => label.Surface),
        ];
        return named.Length == 0 ? ReadAnswer.No("no label is mentioned")
            : named.Length > 1 && task.Format is LabelFormat
                ? ReadAnswer.No("several labels are mentioned", $"several labels are mentioned: {string.Join(", ", named)}")
            : ReadAnswer.Parsed(task, string.Join('\n', named), example);
    }

    // Asked of each answer, and always the same.
    private static string[] Surfaces(DslTask task, Example example)
    {
        var known = Known.GetOrCreateValue(task);
        lock (known)
        {
            if (!known.TryGetValue(example.Language, out var surfaces))
                known.Add(example.Language, surfaces = LabelNames.Of(task, example.InputValue, example.Language));
            return surfaces;
        }
    }
}
