using TaskDsl.Generators.Values;

namespace TaskDsl.Generators.Columns;

/// <summary>What the start of a file answers: value-equal and small, so that an edit of its texts changes nothing.</summary>
/// <param name="Question">What was asked.</param>
/// <param name="Labels">What stands where labels do, each value once, where it stands first.</param>
/// <param name="Scripts">The scripts that nearly all of the texts are written in.</param>
public sealed record DataAnswer(DataQuestion Question, EquatableArray<DataValue> Labels, Scripts Scripts)
{
    private const int MostLabels = 1000;

    /// <summary>The answer.</summary>
    /// <param name="question">What is asked.</param>
    /// <param name="text">The start of the file.</param>
    /// <param name="isWhole">Whether the start is all of the file: of another, what it breaks off in is no value.</param>
    public static DataAnswer Of(DataQuestion question, string text, bool isWhole)
    {
        var seen = new HashSet<(int, string)>();
        var labels = new List<DataValue>();
        var letters = new ScriptCount();
        foreach (var value in TextFormat.Of(question).Values!(text, isWhole, question))
        {
            if (value.Path >= question.Labels.Count)
                letters.Add(value.Text);
            else if (labels.Count < MostLabels && !string.IsNullOrWhiteSpace(value.Text) && seen.Add((value.Path, value.Text)))
                labels.Add(value);
        }

        return new DataAnswer(question, new(labels), letters.Main);
    }
}
