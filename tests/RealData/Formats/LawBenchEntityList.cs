using TaskDsl.Tasks;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Vocabulary;

namespace RealData.Formats;

/// <summary>
/// The entities of an answer to LawBench 2-6, as its own script finds them: behind each kind with a colon what stands before the next space
/// or line break, unless it says that there is none. The last of a kind counts.
/// </summary>
[Keyword("lawbench_entity_list"), Revision(1)]
public sealed record LawBenchEntityList : AnswerFormat
{
    /// <inheritdoc/>
    public override ReadAnswer Read(DslTask task, string text, Example example)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(text);
        var field = task.OutputFields[0];
        return new ReadAnswer
        {
            Items =
            [
                .. field.Labels.SelectMany(kind => Of(kind, text).TakeLast(1).Select(own => new OutputItem($"{field.Name}/{kind}", own))),
            ],
        };
    }

    private static IEnumerable<string> Of(string kind, string text)
    {
        for (
            var at = text.IndexOf(kind, StringComparison.Ordinal);
            at >= 0;
            at = text.IndexOf(kind, at + kind.Length, StringComparison.Ordinal)
        )
        {
            var end = at + kind.Length;
            if (end < text.Length - 2 && text[end] is (':' or '：') && text[(end + 1)..].Trim().Split('\n', ' ')[0].Trim() is var own)
                if (own is not ("无" or "未提及"))
                    yield return own;
        }
    }
}
